/** For a terminal: a line per exercise, and under those that did not pass what was expected and observed. */
import type chalk from 'chalk';
import { Chalk } from 'chalk';
import type { Report, ReportItem, Totals } from '../report.ts';
import { detailLines } from './details.ts';

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
