/**
 * Gradescope's results.json. Source: Gradescope's autograder specifications.
 * The score is the sum of the tests'. None of them is hidden: one hidden test
 * would hide the whole total.
 */
import { harmless } from '../harmless.ts';
import type { Report, ReportItem } from '../report.ts';
import { detailLines, STATUS_WORDS, totalLine } from './text.ts';

const OUTPUT = 8000;

export function toGradescope({ items, totals, notes, seconds }: Report): string {
  const result = {
    execution_time: Math.round(seconds),
    output: harmless([totalLine(totals), ...notes].join('\n'), OUTPUT),
    visibility: 'visible',
    stdout_visibility: 'hidden',
    tests: items.map(test),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}

function test(item: ReportItem) {
  const { id, name, status, points, max, trace } = item;
  const calls = status === 'failed' && trace.length > 0 ? ['', 'the last system calls:', ...trace.slice(-20)] : [];
  return {
    name: status === 'passed' || status === 'failed' ? name : `${name} (${status})`,
    number: id,
    score: points,
    max_score: max,
    status: status === 'passed' ? 'passed' : 'failed',
    output: harmless([STATUS_WORDS[status], ...detailLines(item), ...calls].join('\n'), OUTPUT),
    output_format: 'text',
    visibility: 'visible',
    extra_data: { status },
  };
}
