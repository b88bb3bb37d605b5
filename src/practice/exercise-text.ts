/** An exercise for a terminal: its line in a list, its texts, and the command that checks it. */
import { type Entry, textOf } from '../catalogue/exercises.ts';
import { sudoUser } from '../command-line/sudo-user.ts';
import { unmetHere } from '../grading/needs.ts';
import { render, type View } from '../markdown/terminal/render.ts';
import type { ExerciseProgress, Progress } from './progress-file.ts';

/** `✓ 4a  Private mounts (find the bug, passed)`. */
export function entryLine({ id, title, kind }: Entry, { exercises }: Progress): string {
  const state = stateOf(exercises[id]);
  return `${MARKS[state]} ${id}  ${title} (${[kind, ...(state === 'new' ? [] : [state])].join(', ')})`;
}

export type State = 'passed' | 'started' | 'new';

export function stateOf(known: ExerciseProgress | undefined): State {
  if (known?.passed !== undefined) return 'passed';
  return known?.started === undefined ? 'new' : 'started';
}

const MARKS: Readonly<Record<State, string>> = { passed: '✓', started: '·', new: ' ' };

export function taskText(entry: Entry, view: View): string {
  return pageText(entry, 'task.md', view);
}

/** Where all is named that a solution may use. */
export function callsHint({ style }: View): string {
  return `What you may use: ${style.code('npm run calls')}; all of one: ${style.code('npm run calls -- mount')}`;
}

/** Why it worked, and what runc does. */
export function afterText(entry: Entry, view: View): string {
  return pageText(entry, 'after.md', view);
}

function pageText(entry: Entry, file: 'task.md' | 'after.md', view: View): string {
  return render({ path: `exercises/${entry.stem}/${file}`, text: textOf(entry, file) }, view).trimEnd();
}

/** What to type to have it checked at every save: with sudo where it needs root, or where the learner has used sudo. */
export function watchCommand({ id, needs = [] }: Entry): string {
  const isRoot = process.geteuid?.() === 0;
  return `${sudoUser() || (needsRoot({ needs }) && !isRoot) ? 'sudo ' : ''}npm run watch ${id}`;
}

/** Of exercises that cannot be checked here: why not, and what to type. */
export function skippedLines(skipped: readonly Entry[], isRoot = process.geteuid?.() === 0): string[] {
  const forRoot = isRoot ? [] : skipped.filter(needsRoot);
  const [first] = forRoot;
  const others = skipped.filter((entry) => !forRoot.includes(entry));
  const ids = forRoot.map(({ id }) => id).join(', ');
  return [
    ...(first ? [`${ids} ${forRoot.length > 1 ? 'need' : 'needs'} root: sudo npm run watch ${first.id}`] : []),
    ...others.map((entry) => `${entry.id} cannot be checked on this machine. ${unmetHere(entry) ?? ''}`.trim()),
  ];
}

/** Needs that root meets, and mostly nobody else. */
function needsRoot({ needs = [] }: Pick<Entry, 'needs'>): boolean {
  return needs.some((need) => need !== 'image' && need !== 'attributes');
}
