/** (b) A whole command, from its start to its end: npm, Node and the kit, and other tools. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isolates } from '../src/lab/step.ts';
import { type Command, commandContender } from './command.ts';
import { compare, contest, difference, type Outcome, ratio } from './contest.ts';
import { versionOf } from './installed.ts';
import { stepAt } from './kit-worker.ts';
import { bwrapLikeStep4, unshareLikeStep4 } from './namespaces.ts';
import { milliseconds, type Row, rowOf, type Section } from './report.ts';
import { likeStep8 } from './runtimes.ts';
import { kit, type Workspace } from './workspace.ts';

const STEPS = [0, 4, 8, 13];
/** Milliseconds; from the issue that asked for this benchmark. */
const TARGET = 250;

export async function measureProcesses(workspace: Workspace, budget: number): Promise<Section> {
  const root = process.geteuid?.() === 0;
  const commands: Command[] = [
    { name: 'npm run -s empty', words: ['npm', 'run', '-s', 'empty'], cwd: emptyPackage(workspace) },
    ...STEPS.map((step) => npmStep(step, root)),
    { name: 'node -e 0', words: ['node', '-e', '0'] },
    { name: 'true, a process alone', words: ['true'] },
    { name: `like step 4: ${versionOf('unshare')}`, words: unshareLikeStep4(root) },
    { name: `like step 4: ${versionOf('bwrap')}`, words: bwrapLikeStep4() },
    ...(await likeStep8(workspace)).map((command) => ({ ...command, name: `like step 8: ${command.name}` })),
  ];
  const outcomes = await contest(
    commands.map((command) => commandContender(command, workspace)),
    { budget, signal: workspace.signal },
  );
  const [empty] = outcomes;
  const ours = outcomes.slice(1, 1 + STEPS.length);
  if (!empty) throw new Error('Nothing was measured.');
  return {
    title: '(b) Whole commands, from start to end',
    columns: ['ms', '/ empty'],
    rows: [
      rowOf(empty),
      ...ours.map((outcome) => rowOf(outcome, { '/ empty': compare(outcome, empty, ratio) })),
      ...ours.map((outcome, index) => ownShare(STEPS[index] ?? 0, outcome, empty)),
      ...outcomes.slice(1 + STEPS.length).map((outcome) => rowOf(outcome)),
    ],
    remarks: [
      'empty is a package with one script, "true". npm does not look for a newer npm meanwhile.',
      "The kit's own: what npm run step takes longer than npm run empty in the same round, Node's start included.",
    ],
  };
}

function npmStep(step: number, root: boolean): Command {
  const words = [String(step), '--', ...(root || !isolates(stepAt(step)) ? [] : ['--rootless']), '--', 'true'];
  return {
    name: `npm run -s step ${words.join(' ')}`,
    words: ['npm', 'run', '-s', 'step', ...words],
    cwd: kit,
    hasOwnNetwork: root && stepAt(step).has.has('bridge'),
  };
}

function ownShare(step: number, outcome: Outcome, empty: Outcome): Row {
  const share = milliseconds(compare(outcome, empty, difference));
  const verdict = share !== undefined && share <= TARGET ? 'met' : 'missed';
  return {
    name: `  of that the kit's own, step ${step}`,
    median: share,
    samples: Math.min(outcome.rounds.length, empty.rounds.length),
    note: share === undefined ? outcome.problem : `at most ${TARGET} wanted: ${verdict}`,
  };
}

function emptyPackage({ directory }: Workspace): string {
  const folder = join(directory, 'empty');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, scripts: { empty: 'true' } }));
  return folder;
}
