/** What a run of tests amounts to, and the line that says so. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function sum(all: readonly Counts[]): Counts {
  const total = (key: keyof Counts) => all.reduce((soFar, counts) => soFar + counts[key], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
}

export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** The counts in the last such line. None, or a status that they do not explain, is one failure. */
export function countsOf(output: string, status: number | null): Counts {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\r?$/gm)].at(-1);
  const [passed, failed, skipped] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0), Number(last?.[3] ?? 0)];
  return { passed, failed: failed === 0 && (status !== 0 || !last) ? 1 : failed, skipped };
}

/** What uvu printed of one file, last of all. Without totals, or with a status that they do not explain, the file itself has failed. */
export function countsOfUvu(output: string, status: number | null): Counts {
  const number = (label: string) =>
    Number([...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'gm'))].at(-1)?.[1] ?? Number.NaN);
  // Of the tests that were skipped, uvu's total knows nothing.
  const [total, passed, skipped] = [number('Total'), number('Passed'), number('Skipped')];
  if (!(total + skipped > 0)) return { passed: 0, failed: 1, skipped: 0 };
  const failed = total - passed;
  return { passed, skipped, failed: status !== 0 && failed === 0 ? 1 : failed };
}
