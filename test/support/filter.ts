/** Seccomp filters that refuse some calls. */
import type { Call } from '../../src/syscalls/call.ts';
import { errnoNumber } from '../../src/syscalls/errno.ts';
import { type FilterInstruction, installFilter, noNewPrivileges } from '../../src/syscalls/identity.ts';

/** Numbers of calls, by Node's name of the machine; the C library's link(2) is linkat on the younger one. */
const NUMBERS = {
  x64: {
    write: 1,
    close: 3,
    sendto: 44,
    link: 86,
    getdents64: 217,
    linkat: 265,
    close_range: 436,
    openat2: 437,
    mount_setattr: 442,
  },
  arm64: {
    write: 64,
    close: 57,
    sendto: 206,
    link: 37,
    getdents64: 61,
    linkat: 37,
    close_range: 436,
    openat2: 437,
    mount_setattr: 442,
  },
} as const;

type Name = keyof (typeof NUMBERS)['x64'];

/** BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K. */
const [LOAD, JUMP_IF_EQUAL, RETURN] = [0x20, 0x15, 0x06];
const SECCOMP_RET_ALLOW = 0x7fff0000;
const SECCOMP_RET_ERRNO = 0x00050000;

/** The calls that make a process refuse itself the named ones, with an error. */
export function refusing(names: readonly Name[], errno: Parameters<typeof errnoNumber>[0] = 'EPERM'): Call[] {
  const numbers = names.map((name) => NUMBERS[process.arch === 'arm64' ? 'arm64' : 'x64'][name]);
  const checks: FilterInstruction[] = numbers.map((value, index) => ({
    code: JUMP_IF_EQUAL,
    jumpTrue: numbers.length - index,
    value,
  }));
  return [
    noNewPrivileges(),
    installFilter([
      { code: LOAD, value: 0 },
      ...checks,
      { code: RETURN, value: SECCOMP_RET_ALLOW },
      { code: RETURN, value: SECCOMP_RET_ERRNO | errnoNumber(errno) },
    ]),
  ];
}
