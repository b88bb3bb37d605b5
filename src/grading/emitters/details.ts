/** Why an exercise did not pass, for those who read it. */
import type { ReportItem } from '../report.ts';

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
