/** Error numbers and their names, as this machine's headers have them. */
import { constants } from 'node:os';

export type Errno = keyof typeof constants.errno;

const names = new Map(
  Object.entries(constants.errno)
    // Two names for one number: keep the one that the kernel's own header and strace have.
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'ENOTSUP')
    .map(([name, number]) => [number, name as Errno]),
);

/** The number of an error, as errno(3) names it: `errnoNumber('EPERM')` is 1. */
export function errnoNumber(name: Errno): number {
  return constants.errno[name];
}

/** The name of an error number, such as `EPERM` for 1. */
export function errnoName(number: number): string {
  return names.get(number) ?? `errno ${number}`;
}
