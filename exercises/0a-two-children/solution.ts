import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';

interface Given {
  /** What the second child becomes: the end of its list, as `lab.program` is the end of the first one's. */
  readonly second: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const first = await lab.clone(lab.program, 0);
  const second = await lab.clone(given.second, 0);
  const ends = [await lab.wait(first), await lab.wait(second)];
  return { status: ends.reduce((sum, end) => sum + statusOf(end), 0) };
}

function statusOf(end: End): number {
  return 'status' in end ? end.status : 128 + end.signal;
}
