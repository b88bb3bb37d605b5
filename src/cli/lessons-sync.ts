/** `npm run lessons:sync`: copies the code regions into the lessons. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, readLibrary } from '../catalogue/lessons.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { checkCode } from '../lessons/check/code.ts';
import { sync } from '../lessons/code.ts';
import { findingText } from '../lessons/finding.ts';

/** Gives 0, or 1 if some code is nowhere to be found. */
export async function lessonsSync(words: readonly string[]): Promise<number> {
  if (words.length > 0) throw new UsageError(`lessons:sync takes no arguments, and ${words[0]} is one.`);
  const library = readLibrary();
  const problems = pages(library).flatMap((page) => {
    const text = sync(page.text, library.top);
    if (text !== page.text) {
      writeFileSync(join(library.top, page.path), text);
      print(`updated ${page.path}`);
    }
    return checkCode({ ...page, text }, library.top);
  });
  for (const problem of problems) printError(findingText(problem));
  return problems.length > 0 ? 1 : 0;
}
