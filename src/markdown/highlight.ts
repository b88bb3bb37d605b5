/** Syntax colours, by highlight.js: as HTML for the site, as pieces for the terminal. */
import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import typescript from 'highlight.js/lib/languages/typescript';

highlighter.registerLanguage('ts', typescript);
highlighter.registerLanguage('c', c);
highlighter.registerLanguage('sh', bash);

/** A piece of code, and what it is: `keyword`, `string`, …; empty for nothing special. */
export interface Piece {
  readonly text: string;
  readonly kind: string;
}

const TAG = /<span class="hljs-([\w-]+)[^"]*">|<\/span>/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
};

/** Code in spans with classes such as `hljs-keyword`; code in an unknown language is only escaped. */
export function highlightHtml(code: string, language: string): string {
  if (!highlighter.getLanguage(language)) return escapeHtml(code);
  return highlighter.highlight(code, { language }).value;
}

export function highlightPieces(code: string, language: string): Piece[] {
  const html = highlightHtml(code, language);
  const pieces: Piece[] = [];
  const kinds: string[] = [];
  let at = 0;
  const add = (end: number) => {
    const text = html.slice(at, end).replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
    if (text !== '') pieces.push({ text, kind: kinds.at(-1) ?? '' });
  };
  for (const { 0: tag, 1: kind, index } of html.matchAll(TAG)) {
    add(index);
    if (kind === undefined) kinds.pop();
    else kinds.push(kind);
    at = index + tag.length;
  }
  add(html.length);
  return pieces;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => Object.entries(ENTITIES).find(([, plain]) => plain === char)?.[0] ?? char);
}
