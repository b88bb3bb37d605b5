/** `npm run lessons:sync`: copies the code regions into the lessons. */
import { readLibrary } from '../catalogue/lessons.ts';
import { command } from '../command-line/command.ts';
import { print, printError } from '../command-line/output.ts';
import { findingText } from '../lessons/finding.ts';
import { syncLibrary } from '../lessons/sync.ts';

/** Returns 0, or 1 if some code is nowhere to be found. */
export const main = command(
  { name: 'lessons:sync', purpose: 'Copies the code that the lessons name into them.' },
  () => {
    const findings = syncLibrary(readLibrary(), (path) => print(`updated ${path}`));
    for (const finding of findings) printError(findingText(finding));
    return findings.length > 0 ? 1 : 0;
  },
);
