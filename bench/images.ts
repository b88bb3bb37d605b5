/** (c) The whole container of steps 8 to 13, made in process, against other tools that start the same image. */
import { commandContender } from './command.ts';
import { compare, contest, ratio } from './contest.ts';
import type { Kit } from './kit.ts';
import { defaultSettings } from './kit-worker.ts';
import { rowOf, type Section } from './report.ts';
import { remarks, runtimes } from './runtimes.ts';
import type { Workspace } from './workspace.ts';

const TIMES = 3;
const PAUSE_MS = 30;

export async function measureImages(kit: Kit, workspace: Workspace, budget: number): Promise<Section> {
  const { resources } = await defaultSettings(7);
  const contenders = [
    kit.contender('kit, step 8', 8, TIMES),
    // As without root: no veth pair, no mapped image.
    kit.contender('kit, step 8, plain', 8, TIMES, { rootless: true }),
    kit.contender('kit, step 8, limits', 8, TIMES, { settings: { resources } }),
    kit.contender('kit, step 9', 9, TIMES),
    kit.contender('kit, step 9, plain', 9, TIMES, { rootless: true }),
    kit.contender('kit, step 10', 10, TIMES),
    kit.contender('kit, step 11', 11, TIMES),
    kit.contender('kit, step 12', 12, TIMES),
    kit.contender('kit, step 13', 13, TIMES),
    ...(await runtimes(workspace)).map((command) => commandContender({ ...command, times: TIMES }, workspace)),
  ];
  const outcomes = await contest(contenders, { budget, pause: PAUSE_MS, signal: workspace.signal });
  const [ours, plain] = outcomes;
  return {
    title: '(c) The container of steps 8 to 13, made in process, and as other tools start it',
    columns: ['ms', '/ step 8', '/ plain'],
    rows: outcomes.map((outcome) =>
      rowOf(outcome, {
        '/ step 8': ours && compare(outcome, ours, ratio),
        '/ plain': plain && compare(outcome, plain, ratio),
      }),
    ),
    remarks: remarks(),
  };
}
