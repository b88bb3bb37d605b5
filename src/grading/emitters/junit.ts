/**
 * JUnit's XML, as GitLab, Jenkins and others read it. What was not run is an
 * error and not skipped: many readers take skipped as passed.
 */
import type { Report, ReportItem } from '../report.ts';
import { details, STATUS_WORDS } from './text.ts';

const SUITE = 'container-lab';

export function toJunit({ items, totals, begun, seconds }: Report): string {
  const counts = {
    name: SUITE,
    tests: items.length,
    failures: totals.failed,
    errors: totals.notRun + totals.errors,
    skipped: 0,
    time: seconds.toFixed(3),
  };
  const suite = { ...counts, timestamp: begun.toISOString().slice(0, 19) };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes(counts)}>`,
    `  <testsuite${attributes(suite)}>`,
    ...items.map(testcase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testcase(item: ReportItem): string {
  const named = attributes({ classname: SUITE, name: item.name, time: item.seconds.toFixed(3) });
  if (item.status === 'passed') return `    <testcase${named}/>`;
  const tag = item.status === 'failed' ? 'failure' : 'error';
  const message = (item.message ?? STATUS_WORDS[item.status]).split('\n')[0] ?? '';
  const text = details(item)
    .map(([label, value]) => `${label}: ${value}`)
    .join('\n');
  const inner = `<${tag}${attributes({ message, type: item.status })}>${encoded(text)}</${tag}>`;
  return `    <testcase${named}>${inner}</testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${encoded(String(value))}"`)
    .join('');
}

function encoded(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
