/**
 * Code blocks for the terminal. Lines that are too long go on in the next, behind a mark: nothing is cut off. What is
 * typed is left to the terminal to break, so that it can be copied.
 */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { consoleLines, needsText, type TypedLine } from '../console.ts';
import type { Fence } from '../fences.ts';
import { highlightPieces } from '../highlight.ts';
import type { Style } from './style.ts';

const INDENT = '  ';
const GOES_ON = '↪ ';

type Code = Pick<Fence, 'language' | 'content' | 'file'> & Partial<Pick<Fence, 'words'>>;

export function codeLines({ language, content, file, words = [] }: Code, width: number, style: Style): string[] {
  const code = content.replace(/\n$/, '');
  const inWidth = (line: string) => broken(line, width - INDENT.length, style);
  const lines =
    language === 'console'
      ? consoleLines(code).flatMap(({ text, typed }) => (typed ? [typedText(typed, style)] : inWidth(text)))
      : sourceText(code, language, style).split('\n').flatMap(inWidth);
  const caption = file ?? needsText(words);
  return [...(caption === '' ? [] : [style.faint(caption)]), ...lines].map((line) => `${INDENT}${line}`);
}

function sourceText(code: string, language: string, { syntax }: Style): string {
  return highlightPieces(code, language)
    .map(({ text, kind }) => {
      const paint = syntax[kind] ?? ((plain: string) => plain);
      // By lines, so that a line can be broken or indented by itself.
      return text.split('\n').map(paint).join('\n');
    })
    .join('');
}

/** A line that goes on has no prompt here: `> ` in what somebody copies would write into a file. */
function typedText({ prompt, command, goesOn }: TypedLine, style: Style): string {
  return `${goesOn ? ' ' : style.prompt(prompt)} ${style.typed(command)}`;
}

/** Broken between words where that is possible. */
function broken(line: string, width: number, { faint }: Style): string[] {
  if (stringWidth(line) <= width) return [line];
  const [first = '', ...rest] = wrapAnsi(line, width - GOES_ON.length, { hard: true, trim: false }).split('\n');
  return [first, ...rest.map((part) => `${faint(GOES_ON)}${part}`)];
}
