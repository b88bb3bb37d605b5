/** Tables for spreadsheets (RFC 4180), in which no cell is a formula. */

/** With these a spreadsheet begins a formula; it may skip what stands before them. */
const FORMULA = /^[\s\p{Z}]*[=+\-@＝＋－＠]|^[\t\r]/u;

export type Cell = string | number;

export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (typeof value === 'number') return String(value);
  // Lines stay lines, so that parts of a class can be put together with head and tail.
  const line = value.replace(/[\r\n]+/g, ' ');
  const text = FORMULA.test(line) ? `'${line}` : line;
  return /[",;\t']|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
