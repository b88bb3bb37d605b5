/** The code fences of a lesson, and what their info strings say. */
import type { Token } from 'markdown-it';

export interface Fence {
  readonly language: string;
  /** The words after the language, without `file=…`. */
  readonly words: readonly string[];
  /** The file whose code it shows, from the top of the repository. */
  readonly file?: string;
  /** The region of that file; undefined for all of it. */
  readonly region?: string;
  readonly content: string;
  /** The line of the opening fence, counted from 1. */
  readonly line: number;
  /** The line of the closing fence. */
  readonly endLine: number;
}

export function fenceOf({ info, content, map }: Token): Fence {
  const [language = '', ...words] = info.trim().split(/\s+/);
  const source = words.find((word) => word.startsWith('file='))?.slice('file='.length);
  const [file, region] = source?.split('#') ?? [];
  return {
    language,
    words: words.filter((word) => !word.startsWith('file=')),
    ...(file ? { file } : {}),
    ...(region ? { region } : {}),
    content,
    line: (map?.[0] ?? 0) + 1,
    endLine: map?.[1] ?? 0,
  };
}

export function fences(tokens: readonly Token[]): Fence[] {
  return tokens.filter(({ type }) => type === 'fence').map(fenceOf);
}
