/** The Common Test Report Format (ctrf.io). */
import type { Report, ReportItem } from '../report.ts';

export function toCtrf({ items, totals, begun, seconds }: Report): string {
  const start = begun.getTime();
  const report = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'container-lab' },
      summary: {
        tests: items.length,
        passed: totals.passed,
        failed: totals.failed,
        skipped: 0,
        pending: 0,
        other: totals.notRun + totals.errors,
        start,
        stop: start + Math.round(seconds * 1000),
        extra: { points: totals.points, max: totals.max },
      },
      tests: items.map(test),
    },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function test({ name, status, seconds, message, trace, points, max }: ReportItem) {
  return {
    name,
    status: status === 'passed' || status === 'failed' ? status : 'other',
    rawStatus: status,
    duration: Math.round(seconds * 1000),
    ...(message !== undefined && { message }),
    ...(trace.length > 0 && { trace: trace.join('\n') }),
    extra: { points, max },
  };
}
