/** The pages: a deck per lesson, their index, and the handout. */

import { POLICY } from '../../lessons/site/page.ts';
import { escapeHtml } from '../../markdown/highlight.ts';
import type { Slide } from './flow.ts';

export interface Deck {
  readonly number: number;
  readonly title: string;
  /** The file's name. */
  readonly address: string;
  readonly slides: readonly Slide[];
}

const KEYS: readonly (readonly [string, string])[] = [
  ['→ Space PageDown', 'next slide'],
  ['← Shift-Space PageUp', 'previous slide'],
  ['Home, End', 'first, last slide'],
  ['N, P', 'next, previous deck'],
  ['I', 'this page'],
  ['F', 'full screen'],
  ['T', 'light or dark'],
];

export function deckHtml({ number, title, slides }: Deck, previous?: Deck, next?: Deck): string {
  const sections = slides.map((slide, at) => slideHtml(slide, `${number} ${title}`, `${at + 1} / ${slides.length}`));
  const neighbours = [
    previous ? `<link rel="prev" href="${previous.address}">` : '',
    next ? `<link rel="next" href="${next.address}">` : '',
  ].join('');
  return page(
    `${number} ${title}`,
    `${neighbours}<script src="assets/slides.js" defer></script>`,
    `<main class="deck">\n${sections.join('')}</main>`,
  );
}

function slideHtml({ over, heading, pieces, isTitle }: Slide, deck: string, place: string): string {
  const tag = isTitle ? 'h1' : 'h2';
  return `<section class="slide${isTitle ? ' title' : ''}">
<p class="over">${escapeHtml(over)}</p>
<${tag}>${escapeHtml(heading)}</${tag}>
<div class="body">
${pieces.map(({ html }) => html).join('')}</div>
<p class="foot"><span>${escapeHtml(deck)}</span><span>${place}</span></p>
</section>
`;
}

export function indexHtml(decks: readonly Deck[], handout: string): string {
  const items = decks.map(
    ({ number, title, address, slides }) =>
      `<li value="${number}"><a href="${address}">${escapeHtml(title)}</a> <small>${slides.length} slides</small></li>`,
  );
  const keys = KEYS.map(([key, meaning]) => `<tr><th>${key}</th><td>${meaning}</td></tr>`);
  return page(
    'Container lab: slides',
    '',
    `<main class="index">
<h1>Container lab: slides</h1>
<ol>${items.join('\n')}</ol>
<p><a href="${handout}">The handout</a>: print it on one page of A4.</p>
<p>To print a deck, or to keep it as PDF, print its page: each slide becomes a sheet.</p>
<table>${keys.join('\n')}</table>
</main>`,
  );
}

export function handoutHtml(title: string, content: string): string {
  return page(title, '<link rel="stylesheet" href="assets/handout.css">', `<main class="handout">\n${content}</main>`);
}

function page(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="assets/icon.svg">
<link rel="stylesheet" href="assets/style.css">
<link rel="stylesheet" href="assets/picture.css">
<link rel="stylesheet" href="assets/slides.css">
<script src="assets/theme.js"></script>
${head}
</head>
<body>
${body}
<button type="button" id="theme" hidden>Light or dark</button>
</body>
</html>
`;
}
