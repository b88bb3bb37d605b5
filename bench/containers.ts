/** (a) One container, made in process: the kit against a C program that makes the same calls. */
import { steps } from '../src/steps/index.ts';
import { compare, contest, medianOf, ratio } from './contest.ts';
import type { Kit } from './kit.ts';
import { defaultSettings } from './kit-worker.ts';
import { referenceContender } from './reference.ts';
import { milliseconds, type Row, type Section } from './report.ts';
import type { Workspace } from './workspace.ts';

/** From this step on a container takes tens of milliseconds: the network's doing. */
const FIRST_SLOW = 6;
const PAUSE_MS = 30;

export async function measureContainers(kit: Kit, workspace: Workspace, budget: number): Promise<Section> {
  const rows: Row[] = [];
  for (const { number, name } of steps) rows.push(await measureStep(number, name, kit, workspace, budget));
  return {
    title: '(a) One container, made in process, from the first call to the last of the clean-up',
    columns: ['kit ms', 'C ms', 'kit / C'],
    rows,
    remarks: [
      'C is bench/reference: the same calls of both sides, with plain clone(2). Target: no slower than C.',
      'Not in the C program: finding out where cgroups can be made (steps 7 and 8).',
    ],
  };
}

async function measureStep(step: number, name: string, kit: Kit, workspace: Workspace, budget: number): Promise<Row> {
  const title = `step ${step} ${name}`;
  if (process.geteuid?.() !== 0 && step >= 1 && step <= 4) return { name: title, note: 'needs root' };
  const slow = step >= FIRST_SLOW;
  const count = slow ? 3 : 5;
  try {
    const reference = referenceContender(step, count, await defaultSettings(step), workspace);
    const [ours, theirs] = await contest([kit.contender('kit', step, count), reference], {
      budget,
      signal: workspace.signal,
      pause: slow ? PAUSE_MS : 0,
    });
    if (!ours || !theirs) return { name: title };
    return {
      name: title,
      median: milliseconds(medianOf(ours)),
      samples: ours.rounds.flat().length,
      figures: { 'C ms': milliseconds(medianOf(theirs)), 'kit / C': compare(ours, theirs, ratio) },
      note: ours.problem ?? theirs.problem,
    };
  } catch (error) {
    workspace.signal.throwIfAborted();
    if (error instanceof Error) return { name: title, note: error.message };
    throw error;
  }
}
