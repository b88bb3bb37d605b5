/** System calls on extended attributes: a name and a few bytes that a file system keeps with a file. */
import { type Call, defineCall, type Out, sizeOf } from './call.ts';
import { answer, number, plain, text } from './show.ts';

const advice = {
  EOPNOTSUPP: 'This file system keeps no attributes of this kind.',
  ENOSYS: 'This kernel was built without extended attributes.',
} as const;

const SETXATTR = defineCall({
  name: 'setxattr',
  source: 'setxattr(2)',
  purpose: 'Gives a file an extended attribute, or changes one.',
  show: [text, text, text, number, plain],
  path: 0,
  advice: {
    ...advice,
    EPERM: 'Only a file or a directory can have an attribute of user., and only real root may set one of trusted.',
  },
  examples: () => [setAttribute('/no such place', 'user.overlay.opaque', 'y')],
});

/** Gives a file or a directory an attribute. Source: setxattr(2). */
export function setAttribute(path: string, name: string, value: string): Call {
  return SETXATTR(path, name, value, sizeOf(value), 0);
}

const GETXATTR = defineCall({
  name: 'getxattr',
  source: 'getxattr(2)',
  purpose: 'Reads an extended attribute of a file.',
  show: [text, text, answer, number],
  path: 0,
  advice: { ...advice, ENODATA: 'The file has no attribute of this name.' },
});

/** Reads at most `out.size` bytes of an attribute; the result is how many there are. Source: getxattr(2). */
export function getAttribute(path: string, name: string, out: Out): Call {
  return GETXATTR(path, name, out, out.size);
}
