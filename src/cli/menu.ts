/** `npm run step` alone: the steps, and whether this machine can run them. */
import { isatty } from 'node:tty';
import { print } from '../command-line/output.ts';
import { verdictFor } from '../doctor/examine.ts';
import type { Verdict } from '../doctor/verdict.ts';
import { isolates, type Step } from '../lab/step.ts';
import { steps } from '../steps/index.ts';
import { select } from './select.ts';
import { step } from './step.ts';

interface Entry {
  readonly number: number;
  readonly line: string;
  readonly hint: string;
  readonly runs: boolean;
}

export async function menu(): Promise<number> {
  const entries: Entry[] = [];
  for (const step of steps) entries.push(entryOf(step, await verdictFor(step)));
  if (!isatty(0) || !isatty(1)) {
    for (const { line, hint, runs } of entries) print(`${runs ? '✓' : '✗'} ${line}${hint ? `  (${hint})` : ''}`);
    return 0;
  }
  const chosen = await choose(entries);
  if (chosen === undefined) return 0;
  const isolated = steps.some((candidate) => candidate.number === chosen && isolates(candidate));
  const rootless = process.geteuid?.() === 0 || !isolated ? [] : ['--rootless'];
  return step([String(chosen), ...rootless]);
}

function entryOf({ number, title }: Step, verdict: Verdict): Entry {
  const line = `${number}  ${title}`;
  if (verdict.ok) return { number, line, hint: verdict.notes.join(' '), runs: true };
  return { number, line, hint: `not here: ${verdict.cause} ${verdict.remedy}`, runs: false };
}

/** Lets the learner choose with the arrow keys; undefined when they would rather not. */
async function choose(entries: readonly Entry[]): Promise<number | undefined> {
  const choices = entries.map(({ number, line, hint, runs }) => ({
    name: String(number),
    message: line,
    hint,
    disabled: runs ? false : hint,
  }));
  const name = await select('Which step?', choices);
  return name === undefined ? undefined : Number(name);
}
