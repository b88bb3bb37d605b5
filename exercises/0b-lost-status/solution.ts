import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';

interface Given {
  /** What the second child becomes. */
  readonly second: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const first = await runAlone(lab, lab.program);
  const second = await runAlone(lab, given.second);
  return { status: first + second };
}

/** Runs a program to its end, and gives the number by which a shell knows that end. */
async function runAlone(lab: Lab, program: readonly Call[]): Promise<number> {
  const child = await lab.clone(program, 0);
  const end = await lab.wait(child);
  return 'status' in end ? end.status : 128 + end.signal;
}
