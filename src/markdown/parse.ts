/** Markdown, as all readers of the lessons understand it. Raw HTML is off: it is shown as text. */
import MarkdownIt, { type Token } from 'markdown-it';
import { alerts } from './alerts.ts';

const BREAKS = ['softbreak', 'hardbreak'];

export const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).use(alerts);

export function parse(text: string): Token[] {
  return markdown.parse(text, {});
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
