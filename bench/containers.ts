/** (a) One container, made in process: the kit against a C program that makes the same calls. */
import { isolates, type Step } from '../src/lab/step.ts';
import { steps } from '../src/steps/index.ts';
import { compare, contest, medianOf, ratio } from './contest.ts';
import type { Kit } from './kit.ts';
import { defaultSettings } from './kit-worker.ts';
import { referenceContender } from './reference.ts';
import { milliseconds, type Row, type Section } from './report.ts';
import type { Workspace } from './workspace.ts';

/** The kernel takes a network down some time after its container, and with it the cable; that is not the next one's time. */
const PAUSE_MS = 60;

export async function measureContainers(kit: Kit, workspace: Workspace, budget: number): Promise<Section> {
  const rows: Row[] = [];
  for (const step of steps) rows.push(await measureStep(step, kit, workspace, budget));
  return {
    title: '(a) One container, made in process, from the first call to the last of the clean-up',
    columns: ['kit ms', 'C ms', 'kit / C'],
    rows,
    remarks: [
      'C is bench/reference: the same calls of both sides, with plain clone(2). Target: no slower than C.',
      'From step 6 on both have a network to themselves; step 11 makes and removes bridge and rules for each container.',
      'A cable goes by itself a moment later. Only a whole command waits for that, which (b) shows.',
      'Not in the C program: finding out where cgroups can be made (from step 7 on).',
    ],
  };
}

async function measureStep(step: Step, kit: Kit, workspace: Workspace, budget: number): Promise<Row> {
  const { number, name, has } = step;
  const title = `step ${number} ${name}`;
  if (process.geteuid?.() !== 0 && isolates(step) && !has.has('user')) return { name: title, note: 'needs root' };
  const count = 5;
  try {
    const reference = referenceContender(number, count, await defaultSettings(number), workspace);
    const [ours, theirs] = await contest([kit.contender('kit', number, count), reference], {
      budget,
      signal: workspace.signal,
      pause: has.has('net') ? PAUSE_MS : 0,
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
