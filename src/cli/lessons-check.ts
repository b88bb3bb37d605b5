/** `npm run lessons:check`: code, links, form and transcripts of the lessons. */
import { type Library, type Page, pages, readLibrary } from '../catalogue/lessons.ts';
import { command } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { checkLibrary, checkPage, checkTeaching } from '../lessons/check/check.ts';
import { checkTranscripts } from '../lessons/console/check-transcripts.ts';
import { type Finding, findingText } from '../lessons/finding.ts';

/** Characters a second of somebody who copies a command from a page. */
const PERSON = 4;

const SLOW = flag('--slow', 'type the commands as slowly as a person: for a night');
const NO_RUN = flag('--no-run', 'leave out the transcripts, whose commands are run otherwise');

/** Returns 0 if all is right, 1 if not. */
export const main = command(
  {
    name: 'lessons:check',
    purpose: 'Checks the code, links, form and transcripts of the lessons: of all, or of some by their numbers.',
    words: { shown: '[LESSON…]' },
    options: [NO_RUN, SLOW],
  },
  async (typed) => {
    const library = readLibrary();
    const wanted = typed.words.map((word) => pageOf(library, word));
    const findings = wanted.length === 0 ? checkLibrary(library) : wanted.flatMap((page) => checkOne(page, library));
    for (const finding of findings) printError(findingText(finding));

    let failed = findings.length;
    if (!typed.has(NO_RUN)) {
      for (const page of wanted.length === 0 ? pages(library) : wanted) {
        const listener = { say: print, complain: printError };
        failed += await checkTranscripts(page, library.top, listener, typed.has(SLOW) ? PERSON : undefined);
      }
    }
    print(failed === 0 ? 'The lessons are right.' : `${failed} ${failed === 1 ? 'thing is' : 'things are'} not right.`);
    return failed === 0 ? 0 : 1;
  },
);

function checkOne(page: Page, library: Library): Finding[] {
  const lesson = library.lessons.find(({ path }) => path === page.path);
  return [...checkPage(page, library.top), ...(lesson ? checkTeaching(lesson, library) : [])];
}

function pageOf(library: Library, word: string): Page {
  const { lessons } = library;
  const other = pages({ ...library, lessons: [] }).find(({ stem }) => stem === word);
  const page = other ?? lessons.find(({ number, stem }) => word === String(number) || word === stem);
  if (page) return page;
  throw new UsageError(
    `There is no lesson ${word}. Lessons: ${lessons.map(({ number }) => number).join(', ')}, README, glossary.`,
  );
}
