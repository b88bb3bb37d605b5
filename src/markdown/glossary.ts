/** The words of the glossary, and where a page uses each of them first. */
import type { Token } from 'markdown-it';
import { headings } from './headings.ts';
import { parse } from './parse.ts';

/** A heading of the glossary. Below it may stand other words for the same thing: `(Also: syscall.)`. */
export interface Term {
  readonly name: string;
  /** The anchor of its heading. */
  readonly slug: string;
  readonly pattern: RegExp;
}

/** The first use of a term in running text: not in a heading, not in code. */
export interface Use {
  readonly term: Term;
  /** Explained where it is emphasized; linked where it is a part of a link. */
  readonly state: 'explained' | 'linked' | 'bare';
  /** The inline token and its child, by their places. */
  readonly at: readonly [number, number];
  /** Where in the child's text. */
  readonly from: number;
  readonly to: number;
  /** Counted from 1. */
  readonly line: number;
}

const FILE = 'glossary.md';
const ALSO = /^\(Also: (.*?)\.\)/s;
const BREAKS = ['softbreak', 'hardbreak'];

export function termsOf({ text }: { readonly text: string }): Term[] {
  const tokens = parse(text);
  return headings(tokens)
    .filter(({ level }) => level === 2)
    .map(({ text: name, slug, line }) => {
      const below = tokens.find(({ type, map }) => type === 'inline' && map && map[0] >= line);
      const others = ALSO.exec(below?.content ?? '')?.[1]?.split(', ') ?? [];
      const words = [name, ...others].map((word) =>
        word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+'),
      );
      return { name, slug, pattern: new RegExp(`(?<![\\w/-])(?:${words.join('|')})(?:e?s)?(?![\\w/-])`, 'i') };
    });
}

/** The first use of each term, in the order of the terms. */
export function firstUses(tokens: readonly Token[], terms: readonly Term[]): Use[] {
  const texts = textsOf(tokens.map(withoutBreaks));
  return terms.flatMap((term): Use[] => {
    for (const { content, ...place } of texts) {
      const match = term.pattern.exec(content);
      if (!match) continue;
      const line = place.line + content.slice(0, match.index).split('\n').length - 1;
      return [{ term, ...place, line, from: match.index, to: match.index + match[0].length }];
    }
    return [];
  });
}

/** A page's tokens with a link to the glossary where a term that is not explained or linked is used first. */
export function withTermLinks(parsed: readonly Token[], terms: readonly Term[]): Token[] {
  const tokens = parsed.map(withoutBreaks);
  const bare = firstUses(tokens, terms).filter(({ state }) => state === 'bare');
  return tokens.map((token, block) => {
    const here = bare.filter(({ at }) => at[0] === block);
    if (here.length === 0 || !token.children) return token;
    const children = token.children.flatMap((child, place) =>
      linked(
        child,
        here.filter(({ at }) => at[1] === place),
      ),
    );
    return copyOf(token, { children });
  });
}

export function leadsToGlossary(token: Token): boolean {
  return token.type === 'link_open' && String(token.attrGet('href') ?? '').startsWith(FILE);
}

/** Inline content whose lines are joined: a term may go on in the next line. */
function withoutBreaks(token: Token): Token {
  if (token.type !== 'inline' || !token.children) return token;
  const children: Token[] = [];
  for (const child of token.children) {
    const last = children.at(-1);
    const more = child.type === 'softbreak' ? '\n' : child.type === 'text' ? child.content : undefined;
    if (last?.type !== 'text' || more === undefined) children.push(child);
    else children[children.length - 1] = copyOf(last, { content: last.content + more });
  }
  return copyOf(token, { children });
}

/** The pieces of running text, with their places. */
function textsOf(tokens: readonly Token[]): (Omit<Use, 'term' | 'from' | 'to'> & { content: string })[] {
  let line = 1;
  return tokens.flatMap((token, block) => {
    if (token.map) line = token.map[0] + 1;
    if (token.type !== 'inline' || tokens[block - 1]?.type === 'heading_open') return [];
    let [inLink, inEm] = [0, 0];
    return (token.children ?? []).flatMap((child, place) => {
      if (child.type.startsWith('link_')) inLink += child.nesting;
      if (child.type.startsWith('em_')) inEm += child.nesting;
      const state = inLink > 0 ? ('linked' as const) : inEm > 0 ? ('explained' as const) : ('bare' as const);
      const start = line;
      line += BREAKS.includes(child.type) ? 1 : child.content.split('\n').length - 1;
      return child.type === 'text' ? [{ content: child.content, state, at: [block, place] as const, line: start }] : [];
    });
  });
}

/** A text in pieces, of which the uses are links. */
function linked(text: Token, uses: readonly Use[]): Token[] {
  const sorted = uses
    .toSorted((a, b) => a.from - b.from || b.to - a.to)
    // Of two terms that overlap, the longer: a PID namespace is more than a namespace.
    .filter(({ from }, at, all) => !all.slice(0, at).some((before) => before.to > from));
  if (sorted.length === 0) return [text];
  let done = 0;
  const pieces = sorted.flatMap(({ term, from, to }) => {
    const piece = (start: number, end: number) => copyOf(text, { content: text.content.slice(start, end) });
    const [open, close] = [tagOf(text, 'link_open', 1), tagOf(text, 'link_close', -1)];
    open.attrSet('href', `${FILE}#${term.slug}`);
    const all = [piece(done, from), open, piece(from, to), close];
    done = to;
    return all;
  });
  return [...pieces, copyOf(text, { content: text.content.slice(done) })];
}

function tagOf(text: Token, type: string, nesting: 1 | -1): Token {
  return copyOf(text, { type, tag: 'a', nesting, content: '', attrs: null });
}

/** A token with some of its parts replaced; the original stays as it is. */
export function copyOf(token: Token, parts: Partial<Token>): Token {
  return Object.assign(Object.create(Object.getPrototypeOf(token)), token, parts);
}
