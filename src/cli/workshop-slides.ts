/** `npm run workshop:slides`: a deck of slides per lesson, and the handout to print. */
import { join } from 'node:path';
import { readLibrary, readPage } from '../catalogue/lessons.ts';
import { command } from '../command-line/command.ts';
import { print } from '../command-line/output.ts';
import { writingPages } from '../lessons/site/build.ts';
import { buildSlides } from '../workshop/slides/build.ts';

const FOLDER = 'workshop/slides';
const HANDOUT = 'workshop/handout.md';

/** Returns 0. @throws Error if the folder cannot be written */
export const main = command(
  { name: 'workshop:slides', purpose: 'Makes a deck of slides per lesson, and the handout to print.' },
  () => {
    const library = readLibrary();
    const decks = writingPages(() => buildSlides(library, readPage(HANDOUT), join(library.top, FOLDER)));
    const count = decks.reduce((sum, deck) => sum + deck.slides.length, 0);
    print(`${count} slides in ${decks.length} decks, and handout.html, are in ${FOLDER}/.`);
    print(`Open ${FOLDER}/index.html in a browser. No server and no network are needed.`);
    return 0;
  },
);
