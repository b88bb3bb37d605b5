// Fails: the exit status: expected exit status
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';

export async function run(lab: Lab, given: { second: Call[] }): Promise<End> {
  await lab.wait(await lab.clone(lab.program, 0));
  return lab.wait(await lab.clone(given.second, 0));
}
