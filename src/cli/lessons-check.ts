/** `npm run lessons:check`: code, links, form and transcripts of the lessons. */

import { type Library, type Page, pages, readLibrary } from '../catalogue/lessons.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { checkLibrary, checkPage } from '../lessons/check/check.ts';
import { runBlock } from '../lessons/console/block.ts';
import type { Failure } from '../lessons/console/run.ts';
import { parseTranscript } from '../lessons/console/transcript.ts';
import { findingText } from '../lessons/finding.ts';
import { fences } from '../markdown/fences.ts';
import { parse } from '../markdown/parse.ts';

const NO_RUN = '--no-run';

/** Gives 0 if all is right, 1 if not. Words are numbers of lessons; without any, all are checked. */
export async function lessonsCheck(words: readonly string[]): Promise<number> {
  const library = readLibrary();
  const wanted = words.filter((word) => word !== NO_RUN).map((word) => pageOf(library, word));
  const findings = wanted.length === 0 ? checkLibrary(library) : wanted.flatMap((page) => checkPage(page, library.top));
  for (const finding of findings) printError(findingText(finding));

  let failed = findings.length;
  if (!words.includes(NO_RUN)) {
    for (const page of wanted.length === 0 ? pages(library) : wanted) failed += await runPage(page, library.top);
  }
  print(failed === 0 ? 'The lessons are right.' : `${failed} ${failed === 1 ? 'thing is' : 'things are'} not right.`);
  return failed === 0 ? 0 : 1;
}

function pageOf({ lessons, index }: Library, word: string): Page {
  const page = word === 'README' ? index : lessons.find(({ number, stem }) => word === String(number) || word === stem);
  if (!page)
    throw new UsageError(`There is no lesson ${word}. Usage: npm run lessons:check [-- [LESSON…] [${NO_RUN}]]`);
  return page;
}

/** Runs the console blocks of a page; gives the number of commands that failed. */
async function runPage({ path, text }: Page, top: string): Promise<number> {
  let failed = 0;
  for (const fence of fences(parse(text)).filter(({ language }) => language === 'console')) {
    const transcript = parseTranscript(fence);
    const place = `${path}:${fence.line}`;
    if (transcript.problems.length > 0) continue; // reported above
    const outcome = await runBlock(transcript, top);
    if ('skipped' in outcome) {
      print(`${place}: skipped: ${outcome.skipped.reason}`);
      continue;
    }
    for (const failure of outcome.failures) printError(failureText(path, failure));
    if (outcome.failures.length === 0) print(`${place}: as expected`);
    failed += outcome.failures.length;
  }
  return failed;
}

/** The place, the command, and expected (-) and real (+) output. */
export function failureText(path: string, { line, command, message, difference }: Failure): string {
  const head = `${path}:${line}: ${command === '' ? '' : `${command.split('\n')[0]}\n  `}${message}`;
  const legend = difference.length > 0 ? ['    - expected, + got'] : [];
  return [head, ...legend, ...difference.map((text) => `    ${text}`)].join('\n');
}
