/** `npm run lesson 4`: a lesson in the terminal. `npm run lesson`: which there are, and what has been read. */
import { isatty } from 'node:tty';
import { type Lesson, readLibrary } from '../catalogue/lessons.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { page } from '../markdown/terminal/pager.ts';
import { render } from '../markdown/terminal/render.ts';
import { hasPassed, markRead, type Progress, readProgress } from '../practice/progress-file.ts';
import { select } from './select.ts';
import { terminalView } from './terminal-view.ts';

const HINTS = '--hints';

export async function lesson(words: string[]): Promise<number> {
  const { lessons } = readLibrary();
  const [word, ...rest] = words.filter((option) => option !== HINTS);
  const unknown = rest[0] ?? (word?.startsWith('-') ? word : undefined);
  if (unknown !== undefined)
    throw new UsageError(`lesson does not know ${unknown}. Usage: npm run lesson 4 [-- ${HINTS}]`);
  const chosen = word === undefined ? await menu(lessons) : lessons.find(({ number }) => String(number) === word);
  if (chosen) show(chosen, words.includes(HINTS));
  else if (word !== undefined) throw new UsageError(`There is no lesson ${word}. ${whichThereAre(lessons)}`);
  return 0;
}

function whichThereAre(lessons: readonly Lesson[]): string {
  return lessons.length === 0 ? 'There are none yet.' : `Lessons: ${lessons.map(({ number }) => number).join(', ')}.`;
}

function show(chosen: Lesson, hints: boolean): void {
  page(render(chosen, terminalView(hints)), print);
  if (isatty(1)) withProgress(() => markRead(chosen.id));
}

/** Lists the lessons; at a terminal the reader may choose one. */
async function menu(lessons: readonly Lesson[]): Promise<Lesson | undefined> {
  const progress = withProgress(readProgress);
  const choices = lessons.map((candidate) => ({ name: candidate.stem, message: entry(candidate, progress) }));
  if (!isatty(0) || !isatty(1)) {
    for (const { message } of choices) print(message);
    if (choices.length === 0) print(whichThereAre(lessons));
    return undefined;
  }
  const stem = await select('Which lesson?', choices);
  return lessons.find((candidate) => candidate.stem === stem);
}

function entry({ number, title, id }: Lesson, progress: Progress | undefined): string {
  const marks = [progress?.lessons[id]?.read && 'read', progress && hasPassed(progress, id) && 'passed'].filter(
    Boolean,
  );
  return `${marks.length > 0 ? '✓' : ' '} ${number}  ${title}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`;
}

/** The lesson matters more than the mark: a progress file that is out of order is only reported. */
function withProgress<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    printError((error as Error).message);
    return undefined;
  }
}
