/** Shows expected and real output side by side, as diff(1) does. */
import { compare, normal } from './compare.ts';
import { ANY_LINES, type Values } from './placeholders.ts';

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
