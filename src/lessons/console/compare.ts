/** Compares what a command printed with what its transcript expects, and shows how they differ. */
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

/** Returns all values known afterwards, or says that the output is another. */
export function compare(expected: readonly string[], output: string, known: Values): Comparison {
  const text = linesOf(output).join('\n');
  const match = new RegExp(`^${source(expected, known)}$`, 'u').exec(text === '' ? '' : `${text}\n`);
  if (!match) return { problem: 'The output is not the expected one.' };
  const values = new Map([...known, ...Object.entries(match.groups ?? {})]);
  const problem = confusion(values);
  return problem === undefined ? { values } : { problem };
}

/**
 * Lines that are as expected begin with blanks, what was expected in vain with
 * `-`, and what came instead with `+`. Placeholders fit what they can.
 */
export function difference(expected: readonly string[], output: string, known: Values): string[] {
  const got = output.replace(/^\s*\n|\s+$/g, '').split('\n');
  const isGap = (i: number) => expected[i]?.trim() === ANY_LINES;
  const equal = (i: number, j: number) =>
    !isGap(i) && 'values' in compare([expected[i] ?? ''], normal(got[j] ?? ''), known);
  const common = longestCommon(expected.length, got.length, equal);
  const length = (row: number, column: number) => common[row]?.[column] ?? 0;
  const lines: string[] = [];
  let [i, j, inGap] = [0, 0, false];
  while (i < expected.length || j < got.length) {
    if (isGap(i)) {
      inGap = true;
      i += 1;
    } else if (i < expected.length && j < got.length && equal(i, j) && length(i, j) > length(i + 1, j)) {
      lines.push(`  ${got[j]}`);
      inGap = false;
      i += 1;
      j += 1;
    } else if (j >= got.length || (i < expected.length && length(i + 1, j) >= length(i, j + 1))) {
      lines.push(`- ${expected[i]}`);
      i += 1;
    } else {
      lines.push(`${inGap ? ' ' : '+'} ${got[j]}`);
      j += 1;
    }
  }
  return lines.filter((line) => line !== '+ ');
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

/** How many lines the rest from (i, j) on has in common, for every i and j. */
function longestCommon(rows: number, columns: number, equal: (i: number, j: number) => boolean): number[][] {
  const table = Array.from({ length: rows + 1 }, () => new Array<number>(columns + 1).fill(0));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const [here, below] = [table[i] ?? [], table[i + 1] ?? []];
      here[j] = equal(i, j) ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, here[j + 1] ?? 0);
    }
  }
  return table;
}
