/** What a watch says: each a few lines for the terminal. */

import type { Entry } from '../../catalogue/exercises.ts';
import type { Grade } from '../../grading/grade.ts';
import type { View } from '../../markdown/terminal/render.ts';
import { onward } from '../choose.ts';
import { afterText, callsHint, entryLine, skippedLines, taskText } from '../exercise-text.ts';
import { gradeLines } from '../grade-lines.ts';
import type { Progress } from '../progress-file.ts';

export interface Scene {
  readonly entries: readonly Entry[];
  readonly progress: Progress;
  readonly view: View;
  readonly hasKeys: boolean;
}

const KEYS = ['h hint', 'd solution', 'r reset', 'n next', 't task', 'l list', 'q quit'];
const GAP = '  ';

/** As many of the keys as have room: the line at the bottom must stay one line. */
export function keysLine(width: number): string {
  let line = '';
  for (const key of KEYS) {
    const longer = line === '' ? key : `${line}${GAP}${key}`;
    if (longer.length >= width) break;
    line = longer;
  }
  return line;
}

/** At the beginning: the task, if the learner has not seen it. */
export function openingLines(entry: Entry, file: string, isNew: boolean, { view }: Scene): string[] {
  const head = `${view.style.strong(`${entry.id}  ${entry.title}`)}  ${view.style.link(file)}`;
  return isNew
    ? [taskText(entry, view), '', head, callsHint(view), 'This is the starter. Save it, and the checks run.']
    : [head];
}

/** After a run of the checks. */
export function verdictLines(entry: Entry, grade: Grade, scene: Scene): string[] {
  const { view, hasKeys } = scene;
  const lines = [rule(view), ...gradeLines(grade, view)];
  if (grade.status === 'passed') return [...lines, '', afterText(entry, view), '', ...whatNext(entry, scene)];
  return grade.status === 'failed' && hasKeys ? [...lines, '', 'Would a hint help? Press h.'] : lines;
}

export function listLines(current: Entry, { entries, progress }: Scene): string[] {
  const lines = entries.map((entry) => `${entry === current ? '›' : ' '} ${entryLine(entry, progress)}`);
  return [...lines, 'To go to another: q, then npm run watch and its id.'];
}

function whatNext(entry: Entry, { entries, progress, hasKeys }: Scene): string[] {
  const { next, skipped } = onward(entry, entries, progress);
  const beyond = skippedLines(skipped);
  if (!next) return beyond.length > 0 ? beyond : ['You have passed them all.'];
  return [...beyond, hasKeys ? `n goes on with ${next.id}  ${next.title}.` : `To go on: npm run watch ${next.id}`];
}

function rule({ width, style }: View): string {
  const time = new Date().toTimeString().slice(0, 8);
  return style.faint(`── ${time} ${'─'.repeat(width - time.length - 4)}`);
}
