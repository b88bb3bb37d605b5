// Fails: the second program, while the first one runs: expected it does not run, observed it runs
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';

export async function run(lab: Lab, given: { second: Call[] }): Promise<End> {
  const children = [await lab.clone(lab.program, 0), await lab.clone(given.second, 0)];
  const ends = await Promise.all(children.map((child) => lab.wait(child)));
  return { status: ends.reduce((sum, end) => sum + ('status' in end ? end.status : 128 + end.signal), 0) };
}
