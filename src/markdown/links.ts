/** Where links lead within the repository. */
import { posix } from 'node:path';

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

export interface Target {
  /** From the top of the repository. */
  readonly path: string;
  /** Without its `#`; empty if there is none. */
  readonly anchor: string;
}

/** Where a link of the page `from` leads within the repository; undefined for the web. */
export function targetOf(href: string, from: string): Target | undefined {
  if (SCHEME.test(href)) return undefined;
  const [file = '', anchor = ''] = decodeURI(href).split('#');
  return { path: file === '' ? from : posix.join(posix.dirname(from), file), anchor };
}
