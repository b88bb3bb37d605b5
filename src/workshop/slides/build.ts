/** Builds the slides and the handout: files that a browser opens from the disk, without a server or a network. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolders } from '../../../native/folders.cjs';
import type { Library, Page } from '../../catalogue/lessons.ts';
import { copyAssets } from '../../lessons/site/build.ts';
import { contentOf } from '../../lessons/site/content.ts';
import { type Deck, deckHtml, handoutHtml, indexHtml } from './deck.ts';
import { slidesOf } from './flow.ts';
import { topicsOf } from './select.ts';

const ASSETS = fileURLToPath(new URL('assets', import.meta.url));
const HANDOUT = 'handout.html';

/** Replaces what is in `directory`; returns the decks. */
export function buildSlides(library: Library, handout: Page, directory: string): Deck[] {
  const decks = library.lessons.map((lesson): Deck => {
    const { number, title, stem } = lesson;
    return { number, title, address: `${stem}.html`, slides: slidesOf(topicsOf(lesson)) };
  });
  rmSync(directory, { recursive: true, force: true });
  makeFolders(directory);
  const write = (name: string, html: string) => writeFileSync(join(directory, name), html);
  for (const [at, deck] of decks.entries()) write(deck.address, deckHtml(deck, decks[at - 1], decks[at + 1]));
  write('index.html', indexHtml(decks, HANDOUT));
  write(HANDOUT, handoutHtml(handout.title, contentOf(handout, library).html));
  copyAssets(directory);
  cpSync(ASSETS, join(directory, 'assets'), { recursive: true });
  return decks;
}
