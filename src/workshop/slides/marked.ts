/** What of a paragraph a slide says: its sentences in bold. */
import type { Token } from 'markdown-it';
import { copyOf } from '../../markdown/glossary.ts';

/** The parts in bold, without their boldness; in front of them the label of an experiment, such as *Why?* */
export function marked(children: readonly Token[]): Token[] {
  let depth = 0;
  const kept: Token[] = [];
  for (const token of children) {
    if (token.type === 'strong_close') depth -= 1;
    if (depth > 0) kept.push(token);
    if (token.type === 'strong_open') {
      depth += 1;
      if (kept.length > 0) kept.push(blank(token));
    }
  }
  return kept.length === 0 ? [] : [...labelOf(children), ...kept];
}

/** Links lead nowhere on paper or on a wall. */
export function withoutLinks(children: readonly Token[]): Token[] {
  return children.filter(({ type }) => type !== 'link_open' && type !== 'link_close');
}

function labelOf(children: readonly Token[]): Token[] {
  const [first, second] = children.filter(({ type, content }) => type !== 'text' || content !== '');
  const end = children.findIndex(({ type }) => type === 'em_close');
  return first?.type === 'em_open' && second && end > 0 ? [...children.slice(0, end + 1), blank(first)] : [];
}

function blank(like: Token): Token {
  return copyOf(like, { type: 'text', tag: '', nesting: 0, content: ' ', children: null });
}
