/** Markdown, as all readers of the lessons understand it. Raw HTML is off: it is shown as text. */
import MarkdownIt, { type Token } from 'markdown-it';
import { alerts } from './alerts.ts';

/** A token, and what stands between it and its end. */
export interface Node {
  readonly token: Token;
  readonly children: readonly Node[];
}

const BREAKS = ['softbreak', 'hardbreak'];

export const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).use(alerts);

export function parse(text: string): Token[] {
  return markdown.parse(text, {});
}

/** Markdown's flat list of tokens as a tree: opening tokens get what stands between them and their ends; the ends go. */
export function treeOf(tokens: readonly Token[]): Node[] {
  const root: Node[] = [];
  const open: Node[][] = [root];
  for (const token of tokens) {
    if (token.nesting < 0) {
      open.pop();
      continue;
    }
    const children = token.children ? treeOf(token.children) : [];
    open.at(-1)?.push({ token, children });
    if (token.nesting > 0) open.push(children);
  }
  return root;
}

/** The tokens of inline content, each with its line, counted from 1. */
export function inlineTokens(tokens: readonly Token[]): { token: Token; line: number }[] {
  let line = 1;
  return tokens.flatMap((block) => {
    if (block.map) line = block.map[0] + 1;
    return (block.children ?? []).map((token) => {
      if (BREAKS.includes(token.type)) line += 1;
      return { token, line };
    });
  });
}

/** What inline content says, without its markup. */
export function plainText(inline: Token | undefined): string {
  return (inline?.children ?? []).map(({ type, content }) => (BREAKS.includes(type) ? ' ' : content)).join('');
}
