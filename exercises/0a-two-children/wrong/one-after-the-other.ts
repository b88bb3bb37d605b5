// Fails: both programs run at the same time: expected both, observed only `lab.program`
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';

export async function run(lab: Lab, given: { second: Call[] }): Promise<End> {
  let sum = 0;
  for (const list of [lab.program, given.second]) {
    const end = await lab.wait(await lab.clone(list, 0));
    if ('status' in end) sum += end.status;
  }
  return { status: sum };
}
