/** `npm run lesson 4`: a lesson in the terminal. `npm run lesson`: which there are, and what has been read. */
import { isatty } from 'node:tty';
import { type Lesson, readLibrary } from '../catalogue/lessons.ts';
import { command } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';
import { print, printError } from '../command-line/output.ts';
import { select } from '../command-line/select.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { otherVersion } from '../lessons/console/needs.ts';
import { type Term, termsOf } from '../markdown/glossary.ts';
import { page } from '../markdown/terminal/pager.ts';
import { renderParts } from '../markdown/terminal/render.ts';
import { terminalView } from '../markdown/terminal/screen.ts';
import { hasPassed, markRead, type Progress, readProgress } from '../practice/progress-file.ts';

const WITH_HINTS = flag('--hints', 'what is folded, too');

export const main = command(
  {
    name: 'lesson',
    purpose: 'Shows a lesson in the terminal; without a number, which there are.',
    words: { shown: '[NUMBER|glossary]', most: 1 },
    options: [WITH_HINTS],
  },
  async (typed) => {
    const { lessons, glossary } = readLibrary();
    const [word] = typed.words;
    if (glossary && word === glossary.stem) {
      page(renderParts(glossary, terminalView()), print);
      return 0;
    }
    const chosen = word === undefined ? await menu(lessons) : lessons.find(({ number }) => String(number) === word);
    if (chosen) show(chosen, typed.has(WITH_HINTS), glossary ? termsOf(glossary) : []);
    else if (word !== undefined) throw new UsageError(`There is no lesson ${word}. ${whichThereAre(lessons)}`);
    return 0;
  },
);

function whichThereAre(lessons: readonly Lesson[]): string {
  return lessons.length === 0 ? 'There are none yet.' : `Lessons: ${lessons.map(({ number }) => number).join(', ')}.`;
}

const WITHOUT_ROOT = '> You are not root. What to type instead: lessons/README.md, “Without root”.';

function show(chosen: Lesson, hints: boolean, terms: readonly Term[]): void {
  const text = process.geteuid?.() === 0 ? chosen.text : chosen.text.replace('\n', `\n\n${WITHOUT_ROOT}\n`);
  page(renderParts({ ...chosen, text }, { ...terminalView(hints), terms, elsewhere: otherVersion() }), print);
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
