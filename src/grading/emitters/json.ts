/** The kit's own format, with all that is known. */
import { allPassed, type Report } from '../report.ts';

export const SCHEMA = 'container-lab/grade/v1';

export function toJson(report: Report): string {
  const { items, totals, notes, begun, seconds } = report;
  const summary = { schema: SCHEMA, allPassed: allPassed(report), ...totals };
  return `${JSON.stringify({ ...summary, begun: begun.toISOString(), seconds, notes, items }, null, 2)}\n`;
}
