/** Compares what a command printed with what its transcript expects. */
import { ANY_LINES, confusion, parts, patternOf, type Values } from './placeholders.ts';

export type Comparison = { readonly values: Values } | { readonly problem: string };

/** Lines without what does not count: the length of blanks, blanks at both ends, blank lines at both ends. */
export function linesOf(output: string): string[] {
  return output
    .replace(/^\s*\n|\s+$/g, '')
    .split('\n')
    .map(normal);
}

export function normal(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}

/** Gives all values known afterwards, or says that the output is another. */
export function compare(expected: readonly string[], output: string, known: Values): Comparison {
  const text = linesOf(output).join('\n');
  const match = new RegExp(`^${source(expected, known)}$`, 'u').exec(text === '' ? '' : `${text}\n`);
  if (!match) return { problem: 'The output is not the expected one.' };
  const values = new Map([...known, ...Object.entries(match.groups ?? {})]);
  const problem = confusion(values);
  return problem === undefined ? { values } : { problem };
}

function source(expected: readonly string[], known: Values): string {
  const named = new Set<string>();
  return expected
    .map((line) => (line.trim() === ANY_LINES ? '(?:[^\\n]*\\n)*?' : `${lineSource(normal(line), known, named)}\\n`))
    .join('');
}

function lineSource(line: string, known: Values, named: Set<string>): string {
  return parts(line)
    .map((part, index, all) => {
      if (index % 2 === 0) return isText(all[index + 1]) ? escaped(part).replace(/ $/, ' ?') : escaped(part);
      const value = known.get(part);
      if (value !== undefined) return escaped(value);
      if (named.has(part)) return `\\k<${part}>`;
      named.add(part);
      return `(?<${part}>${patternOf(part) ?? '$^'})`;
    })
    .join('');
}

/** It may be nothing, and then there is no blank before it either. */
function isText(name: string | undefined): boolean {
  return name !== undefined && /^text\d*$/.test(name);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
