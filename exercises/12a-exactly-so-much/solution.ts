import { release } from 'node:os';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { compileFilter } from '#src/seccomp/compile.ts';
import { defaultProfileBehind } from '#src/seccomp/default-profile.ts';
import type { Rule } from '#src/seccomp/profile.ts';
import { installFilter } from '#src/syscalls/identity.ts';

/** The bits of a mode that make a program somebody else. */
const S_ISUID = 0o4000n;
const S_ISGID = 0o2000n;

/** The calls that give a file a mode, and which argument it is. */
const CALLS = { chmod: 1, fchmod: 1, fchmodat: 2, fchmodat2: 2, open: 2, openat: 3, creat: 1, mknod: 1, mknodat: 2 };

/** Refuses a call if a bit is in one of its arguments. */
function refuseBit(name: string, index: number, bit: bigint): Rule {
  return {
    names: [name],
    action: 'SCMP_ACT_ERRNO',
    args: [{ index, op: 'SCMP_CMP_MASKED_EQ', value: bit, valueTwo: bit }],
  };
}

/** What the program may not do, though the default profile allows it. */
const refused: Rule[] = [
  ...Object.entries(CALLS).flatMap(([name, index]) => [
    refuseBit(name, index, S_ISUID),
    refuseBit(name, index, S_ISGID),
  ]),
  { names: ['openat2'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
  { names: ['socket'], action: 'SCMP_ACT_ERRNO' },
];

export async function run(lab: Lab): Promise<End> {
  const profile = defaultProfileBehind(refused);
  const filter = compileFilter(profile, { machine: process.arch, capabilities: [], kernel: release() });
  const child = await lab.clone([installFilter(filter), ...lab.program], 0);
  return lab.wait(child);
}
