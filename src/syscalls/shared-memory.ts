/** System calls on System V shared memory: svipc(7). */
import { type Argument, type Call, defineCall } from './call.ts';
import { IPC } from './flags.ts';
import { flags, octal, plain } from './show.ts';

const key = (argument: Argument) => `0x${Number(argument).toString(16)}`;

/** The lowest nine bits are a mode. */
function segmentFlags(argument: Argument): string {
  const [bits, mode] = [Number(argument) & ~0o777, Number(argument) & 0o777];
  const shown = [
    ...(bits === 0 ? [] : [flags(IPC)(bits, () => undefined)]),
    ...(mode === 0 ? [] : [octal(mode, () => undefined)]),
  ];
  return shown.join('|') || '000';
}

const SHMGET = { name: 'shmget', source: 'shmget(2)', show: [key, plain, segmentFlags] } as const;

const MAKE_SEGMENT = defineCall({
  ...SHMGET,
  purpose: 'Makes a segment of shared memory with a key in this IPC namespace.',
  advice: {
    EEXIST: 'There is a segment with that key in this IPC namespace.',
    ENOSPC: 'A limit on segments is reached: see the files /proc/sys/kernel/shm*.',
  },
  examples: () => [makeSegment(0x7fff0001, 0)],
});

const FIND_SEGMENT = defineCall({
  ...SHMGET,
  purpose: 'Finds the segment of shared memory that has a key in this IPC namespace.',
  advice: { ENOENT: 'There is no segment with that key in this IPC namespace.' },
  examples: () => [findSegment(0x7fff0001)],
});

/** Makes a segment; the key must not be 0, and no other segment may have it. Source: shmget(2). */
export function makeSegment(key: number, size: number): Call {
  return MAKE_SEGMENT(key, size, IPC.IPC_CREAT | IPC.IPC_EXCL | 0o600);
}

/** Finds a segment of any size: its number. Source: shmget(2). */
export function findSegment(key: number): Call {
  return FIND_SEGMENT(key, 0, 0);
}
