/** For people: a line per exercise, and under those that did not pass what was expected and observed. */
import type chalk from 'chalk';
import { Chalk } from 'chalk';
import type { Report, ReportItem, Totals } from '../report.ts';

const MARKS = { passed: '✓', failed: '✗', 'not run': '–', error: '!' } as const;

/** `level` is chalk's: 0 is no colours. */
export function toText({ items, totals, notes }: Report, level: typeof chalk.level = 0): string {
  const colour = new Chalk({ level });
  const paint = { passed: colour.green, failed: colour.red, 'not run': colour.yellow, error: colour.magenta };
  const lines = items.flatMap((item) => [
    paint[item.status](headline(item)),
    ...detailLines(item).map((line) => `    ${line}`),
  ]);
  return [...notes.map((note) => colour.dim(note)), ...lines, '', totalLine(totals), ''].join('\n');
}

function headline({ status, name, points, max, seconds }: ReportItem): string {
  const word = status === 'error' ? 'the grader failed' : status;
  return `${MARKS[status]} ${name}: ${word}, ${points} of ${max} points (${seconds.toFixed(1)} s)`;
}

export function totalLine({ points, max, exercises, passed, failed, notRun, errors }: Totals): string {
  const parts = [
    `${passed} of ${exercises} passed`,
    failed > 0 && `${failed} failed`,
    notRun > 0 && `${notRun} not run (this machine cannot; it does not count as passed)`,
    errors > 0 && `${errors} with an error of the grader's`,
  ];
  return `${parts.filter(Boolean).join(', ')}; ${points} of ${max} points`;
}

/** For a reader who knows only passed and failed. */
export const STATUS_WORDS = {
  passed: 'passed',
  failed: 'failed',
  'not run': 'not run: this machine cannot check it, and it does not count as passed',
  error: 'the grader failed, and it does not count as passed',
} as const;

/** Label and text, in order; nothing for what passed. */
export function details({ status, checks, message }: ReportItem): [label: string, text: string][] {
  if (status === 'passed') return [];
  const check = checks.at(-1);
  if (!check || check.passed) return [['reason', message ?? STATUS_WORDS[status]]];
  return [
    ['check', check.name],
    ['expected', check.expected],
    ['observed', check.observed],
    ...(check.command ? [['to see it', check.command] as [string, string]] : []),
  ];
}

/** The same as lines, each text's further lines set in under its first. */
export function detailLines(item: ReportItem): string[] {
  const width = 11;
  return details(item).flatMap(([label, text]) =>
    text.split('\n').map((line, index) => (index === 0 ? label.padEnd(width) : ' '.repeat(width)) + line),
  );
}
