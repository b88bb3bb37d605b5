/** Tables for the terminal. Cells are wrapped until the table fits. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Node } from '../parse.ts';
import { type InlineContext, inlineText } from './inline.ts';

const GAP = '  ';
/** No column gets narrower than this, and narrower than its longest word only where there is no other way. */
const LEAST = 6;

type Align = 'left' | 'right' | 'center';

export function tableLines(table: Node, width: number, context: InlineContext): string[] {
  const { style } = context;
  const rows = table.children.flatMap(({ children }) => children.map((row) => row.children));
  const texts = rows.map((row) => row.map((cell) => inlineText(cell.children, context)));
  const aligns = (rows[0] ?? []).map(alignOf);
  const widths = columnWidths(texts, width - GAP.length * (aligns.length - 1));
  const [head = [], ...body] = texts.map((row) => rowLines(row, widths, aligns));
  const rule = style.faint(widths.map((columns) => '─'.repeat(columns)).join(GAP));
  const isTall = body.some((lines) => lines.length > 1);
  // With cells of several lines, only a blank line shows where a row ends.
  const separated = body.flatMap((lines, index) => (isTall && index > 0 ? ['', ...lines] : lines));
  return [...head.map(style.strong), rule, ...separated];
}

/** Widths of columns, in characters: as wide as their texts, or what of that fits into `total`. */
export function columnWidths(texts: readonly string[][], total: number): number[] {
  const whole = (cell: string) => stringWidth(cell);
  const longestWord = (cell: string) => Math.max(...cell.split(/\s/).map((word) => stringWidth(word)));
  const narrowed = fitted(widthsOf(texts, whole), total, widthsOf(texts, longestWord));
  return fitted(narrowed, total);
}

function alignOf({ token }: Node): Align {
  const [, align] = /text-align:(left|right|center)/.exec(String(token.attrGet('style') ?? '')) ?? [];
  return (align as Align | undefined) ?? 'left';
}

function widthsOf(texts: readonly string[][], widthOf: (cell: string) => number): number[] {
  return (texts[0] ?? []).map((_, column) => Math.max(1, ...texts.map((row) => widthOf(row[column] ?? ''))));
}

/** Takes columns from the widest until the sum fits, or none has more than its least. */
function fitted(widths: readonly number[], total: number, least: readonly number[] = []): number[] {
  const result = [...widths];
  const spare = (at: number) => (result[at] ?? 0) > Math.max(LEAST, least[at] ?? 0);
  for (let sum = result.reduce((all, columns) => all + columns, 0); sum > total; sum--) {
    const widest = Math.max(...result.filter((_, at) => spare(at)));
    const at = result.findIndex((columns, at) => columns === widest && spare(at));
    if (at < 0) break;
    result[at] = widest - 1;
  }
  return result;
}

function rowLines(cells: readonly string[], widths: readonly number[], aligns: readonly Align[]): string[] {
  const wrapped = widths.map((columns, at) => wrapAnsi(cells[at] ?? '', columns, { hard: true }).split('\n'));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, at) => padded(lines[line] ?? '', widths[at] ?? 0, aligns[at] ?? 'left'))
      .join(GAP)
      .trimEnd(),
  );
}

function padded(text: string, width: number, align: Align): string {
  const room = Math.max(0, width - stringWidth(text));
  const before = align === 'right' ? room : align === 'center' ? Math.floor(room / 2) : 0;
  return ' '.repeat(before) + text + ' '.repeat(room - before);
}
