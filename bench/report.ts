/** What a run of the benchmark gives, and the table of it. */
import { medianOf, type Outcome } from './contest.ts';
import type { Machine } from './machine.ts';

export interface Row {
  readonly name: string;
  /** The middle of all samples, in milliseconds. */
  readonly median?: number | undefined;
  readonly samples?: number;
  /** What else it says, by column. */
  readonly figures?: Readonly<Record<string, number | undefined>> | undefined;
  readonly note?: string | undefined;
}

export interface Section {
  readonly title: string;
  /** The headings of what stands in `median` and, in this order, in `figures`. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly remarks: readonly string[];
}

export interface Results {
  readonly machine: Machine;
  readonly sections: readonly Section[];
}

const WIDTH = 92;

export function milliseconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
}

export function rowOf(outcome: Outcome, figures?: Row['figures']): Row {
  const { name, rounds, problem } = outcome;
  return { name, median: milliseconds(medianOf(outcome)), samples: rounds.flat().length, figures, note: problem };
}

export function sectionText({ title, columns, rows, remarks }: Section): string {
  const wide = Math.max(...rows.map(({ name }) => name.length));
  const heading = `  ${''.padEnd(wide)}${columns.map((column) => column.padStart(10)).join('')}`;
  const lines = rows.map((row) => rowText(row, columns, wide));
  return [title, heading.trimEnd(), ...lines, ...remarks.map((remark) => wrapped(`  ${remark}`, '  '))].join('\n');
}

function rowText({ name, median, figures = {}, note }: Row, columns: readonly string[], wide: number): string {
  const [, ...others] = columns;
  const cells = [median, ...others.map((column) => figures[column])].map((value) => cell(value).padStart(10));
  const start = `  ${name.padEnd(wide)}`;
  if (median === undefined && note) return wrapped(`${start}  ${note}`, ' '.repeat(wide + 4));
  return wrapped(
    `${start}${cells.join('')}${note ? `  ${note}` : ''}`,
    ' '.repeat(start.length + cells.length * 10 + 2),
  );
}

function cell(value: number | undefined): string {
  if (value === undefined) return '';
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}

/** Breaks at blanks; the lines after the first begin with `indent`. */
function wrapped(text: string, indent: string): string {
  if (text.length <= WIDTH) return text;
  const at = text.lastIndexOf(' ', WIDTH);
  const cut = at > indent.length ? at : text.indexOf(' ', WIDTH);
  return cut < 0 ? text : `${text.slice(0, cut)}\n${wrapped(indent + text.slice(cut + 1), indent)}`;
}
