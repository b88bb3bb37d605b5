// Fails: the namespaces of both programs: expected the sandbox's, observed new ones: uts
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';

export async function run(lab: Lab, given: { second: Call[] }): Promise<End> {
  const children = [await lab.clone(lab.program, 0), await lab.clone(given.second, CLONE_NEWUTS)];
  const ends = await Promise.all(children.map((child) => lab.wait(child)));
  return { status: ends.reduce((sum, end) => sum + ('status' in end ? end.status : 0), 0) };
}
