/** `npm run workshop:slides`: a deck of slides per lesson, and the handout to print. */
import { join } from 'node:path';
import { readLibrary, readPage } from '../catalogue/lessons.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { buildSlides } from '../workshop/slides/build.ts';
import { buildAsOwner } from './build-as-owner.ts';

const FOLDER = 'workshop/slides';
const HANDOUT = 'workshop/handout.md';

/** Gives 0. @throws UsageError for any word; Error if the folder cannot be written */
export async function slides(words: string[]): Promise<number> {
  if (words.length > 0) throw new UsageError(`workshop:slides takes no arguments, and ${words[0]} is one.`);
  const library = readLibrary();
  const decks = buildAsOwner(() => buildSlides(library, readPage(HANDOUT), join(library.top, FOLDER)));
  const count = decks.reduce((sum, deck) => sum + deck.slides.length, 0);
  print(`${count} slides in ${decks.length} decks, and handout.html, are in ${FOLDER}/.`);
  print(`Open ${FOLDER}/index.html in a browser. No server and no network are needed.`);
  return 0;
}
