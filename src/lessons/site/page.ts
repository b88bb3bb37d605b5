/** The frame of a page. */
import type { Heading } from '../../markdown/headings.ts';
import { escapeHtml } from '../../markdown/highlight.ts';

export interface Link {
  /** Of a lesson. */
  readonly number?: number;
  readonly title: string;
  /** Relative to the top of the site. */
  readonly address: string;
}

export interface Frame {
  readonly title: string;
  /** Of a lesson. */
  readonly number?: number;
  /** From this page to the top of the site. */
  readonly root: string;
  readonly address: string;
  readonly content: string;
  readonly headings: readonly Heading[];
  readonly lessons: readonly Link[];
  /** Pages to look something up in. */
  readonly references: readonly Link[];
  readonly previous?: Link;
  readonly next?: Link;
}

/** Nothing comes from elsewhere. Columns of tables have styles of their own. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function pageHtml(frame: Frame): string {
  const { title, number, root, content } = frame;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${number === undefined ? '' : `${number} `}${escapeHtml(title)}</title>
<link rel="icon" href="${root}assets/icon.svg">
<link rel="stylesheet" href="${root}assets/style.css">
<link rel="stylesheet" href="${root}assets/picture.css">
<script src="${root}assets/theme.js"></script>
<script src="${root}assets/page.js" defer></script>
</head>
<body>
<header><a href="${root}index.html">Container lab</a><button type="button" id="theme" hidden>Light or dark</button></header>
<div class="columns">
${lessonsHtml(frame)}
<main class="page">
${content.replace('</h1>\n', (end) => `${end}${contentsHtml(frame)}`)}
${turnHtml(frame)}
</main>
</div>
</body>
</html>
`;
}

function lessonsHtml({ lessons, references, root, address }: Frame): string {
  const items = lessons.map((link) => {
    const current = link.address === address ? ' aria-current="page"' : '';
    return `<li value="${link.number ?? 0}"><a href="${root}${link.address}"${current}>${escapeHtml(link.title)}</a></li>`;
  });
  const others = references.map((link) => `<p><a href="${root}${link.address}">${escapeHtml(link.title)}</a></p>`);
  return `<nav class="lessons" aria-label="Lessons"><details open><summary>Lessons</summary><ol>${items.join('\n')}</ol>${others.join('\n')}</details></nav>`;
}

function contentsHtml({ headings }: Frame): string {
  const items = headings
    .filter(({ level }) => level === 2)
    .map(({ text, slug }) => `<li><a href="#${escapeHtml(slug)}">${escapeHtml(text)}</a></li>`);
  if (items.length < 2) return '';
  return `<nav class="contents" aria-label="On this page"><details open><summary>On this page</summary><ul>${items.join('\n')}</ul></details></nav>`;
}

function turnHtml({ previous, next, root }: Frame): string {
  const link = (relation: string, arrow: string, target: Link | undefined) =>
    target
      ? `<a rel="${relation}" href="${root}${target.address}">${arrow.replace('…', escapeHtml(target.title))}</a>`
      : '<span></span>';
  return previous || next
    ? `<nav class="turn" aria-label="Lessons before and after">${link('prev', '← …', previous)}${link('next', '… →', next)}</nav>`
    : '';
}
