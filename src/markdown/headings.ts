/** Headings, and the anchors that GitHub gives them. */
import type { Token } from 'markdown-it';
import { plainText } from './parse.ts';

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly slug: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Returns the headings of a document; one that occurs again gets `-1`, `-2`, … */
export function headings(tokens: readonly Token[]): Heading[] {
  const taken = new Set<string>();
  return tokens.flatMap((token, at): Heading[] => {
    if (token.type !== 'heading_open') return [];
    const text = plainText(tokens[at + 1]);
    let slug = slugOf(text);
    for (let count = 1; taken.has(slug); count++) slug = `${slugOf(text)}-${count}`;
    taken.add(slug);
    return [{ level: Number(token.tag.slice(1)), text, slug, line: (token.map?.[0] ?? 0) + 1 }];
  });
}

/** Small letters; punctuation goes, except hyphens and underscores; blanks become hyphens. */
export function slugOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
