/**
 * TAP version 14 (testanything.org). What was not run is `not ok` and no SKIP:
 * a SKIP counts as ok.
 */
import type { Report, ReportItem } from '../report.ts';
import { details } from './text.ts';

export function toTap({ items, totals, notes }: Report): string {
  const lines = [
    'TAP version 14',
    `1..${items.length}`,
    ...notes.map((note) => `# ${note}`),
    ...items.flatMap((item, index) => point(item, index + 1)),
    `# ${totals.points} of ${totals.max} points`,
  ];
  return `${lines.join('\n')}\n`;
}

function point(item: ReportItem, number: number): string[] {
  const description = item.name.replace(/[\\#]/g, '\\$&');
  const fields: [string, string | number][] = [
    ['status', item.status],
    ['points', item.points],
    ['max', item.max],
    ['duration_ms', Math.round(item.seconds * 1000)],
    ...details(item).map(([label, text]): [string, string] => [label.replaceAll(' ', '_'), text]),
  ];
  return [
    `${item.status === 'passed' ? 'ok' : 'not ok'} ${number} - ${description}`,
    '  ---',
    // A string of JSON is one of YAML, and holds no line breaks.
    ...fields.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
    '  ...',
  ];
}
