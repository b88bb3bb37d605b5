import { release } from 'node:os';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { compileFilter } from '#src/seccomp/compile.ts';
import { defaultProfileBehind } from '#src/seccomp/default-profile.ts';
import type { Rule } from '#src/seccomp/profile.ts';
import { installFilter } from '#src/syscalls/identity.ts';

/** What the program may not do, though the default profile allows it. */
const refused: Rule[] = [
  // YOUR TURN. A rule looks like this:
  {
    names: ['personality'],
    action: 'SCMP_ACT_ERRNO',
    args: [{ index: 0, op: 'SCMP_CMP_EQ', value: 8n, valueTwo: 0n }],
  },
];

export async function run(lab: Lab): Promise<End> {
  const profile = defaultProfileBehind(refused);
  const filter = compileFilter(profile, { machine: process.arch, capabilities: [], kernel: release() });
  const child = await lab.clone([installFilter(filter), ...lab.program], 0);
  return lab.wait(child);
}
