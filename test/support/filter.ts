/** Seccomp filters that refuse some calls. */
import { compileFilter } from '../../src/seccomp/compile.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { type Errno, errnoNumber } from '../../src/syscalls/errno.ts';
import { installFilter, noNewPrivileges } from '../../src/syscalls/identity.ts';

/** The C library's link(2) is linkat where there is no older one. */
const LINK = process.arch === 'arm64' ? 'linkat' : 'link';

/** The calls that make a process refuse itself the named ones, with an error. */
export function refusing(names: readonly string[], errno: Errno = 'EPERM'): Call[] {
  const refused = names.map((name) => (name === 'link' ? LINK : name));
  const filter = compileFilter(
    {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{ names: refused, action: 'SCMP_ACT_ERRNO', errnoRet: errnoNumber(errno) }],
    },
    { machine: process.arch, capabilities: [], kernel: '' },
  );
  return [noNewPrivileges(), installFilter(filter)];
}
