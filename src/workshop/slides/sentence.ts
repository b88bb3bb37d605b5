/** The beginning of a paragraph: as many sentences as it takes to say something. */
import type { Token } from 'markdown-it';

const END = /[.?!]["”')]*(?=\s|$)/g;

/** Cuts a paragraph's inline content after the first sentence that makes it at least so many words long. */
export function beginning(children: readonly Token[], leastWords: number): Token[] {
  const kept: Token[] = [];
  const open: Token[] = [];
  let words = '';
  for (const [at, token] of children.entries()) {
    if (token.type === 'text') {
      for (const { index, 0: end } of token.content.matchAll(END)) {
        const content = token.content.slice(0, index + end.length);
        const ends = content.length < token.content.length || isFollowedByBlank(children.slice(at + 1));
        if (!ends || wordsIn(words + content) < leastWords) continue;
        const closing = open.reverse().map((opening) => closerOf(opening, children));
        return [...kept, withParts(token, { content }), ...closing];
      }
    }
    words += token.nesting === 0 && token.content === '' ? ' ' : token.content;
    if (token.nesting > 0) open.push(token);
    if (token.nesting < 0) open.pop();
    kept.push(token);
  }
  return kept;
}

/** Links lead nowhere on paper or on a wall. */
export function withoutLinks(children: readonly Token[]): Token[] {
  return children.filter(({ type }) => type !== 'link_open' && type !== 'link_close');
}

/** A token with some of its parts replaced; the original stays as it is. */
export function withParts(token: Token, parts: Partial<Token>): Token {
  return Object.assign(Object.create(Object.getPrototypeOf(token)), token, parts);
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** A full stop in the middle of `Node.<b>js</b>` ends nothing. */
function isFollowedByBlank(rest: readonly Token[]): boolean {
  const next = rest.find(({ nesting, content, type }) => nesting >= 0 && (type !== 'text' || content !== ''));
  return next === undefined || next.type.endsWith('break') || /^\s/.test(next.content);
}

function closerOf(opening: Token, children: readonly Token[]): Token {
  const type = opening.type.replace(/_open$/, '_close');
  return children.find((token) => token.type === type && token.level === opening.level) ?? opening;
}
