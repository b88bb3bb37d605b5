/** Cuts a page into screens, so that no screen ends between a transcript and the line that leads to it. */
import stringWidth from 'string-width';
import { joined, type Part } from './render.ts';

interface Size {
  readonly rows: number;
  readonly columns: number;
}

interface Line {
  readonly text: string;
  /** On the screen: the terminal breaks what is too long. */
  readonly rows: number;
  /** Whether a screen may begin with it. */
  readonly mayBegin: boolean;
}

/** The last row is the pager's. */
const PROMPT = 1;
/** A smaller screen is filled as it comes. */
const LEAST = 10;
/** What is longer than a screen begins where it is, if so many of its lines have room. */
const LEAD = 6;
/** So many lines of a text stay together at either end of it. */
const TOGETHER = 3;

/** The page, with blank lines where a screen ends early. What is longer than a screen is cut. */
export function inScreens(parts: readonly Part[], { rows, columns }: Size): string {
  const room = rows - PROMPT;
  const lines = parts.flatMap((part, at) => linesOf(part, parts[at - 1], parts[at + 1], columns));
  if (rows < LEAST || rowsOf(lines) <= room) return joined(parts);
  const screens: string[] = [];
  let rest: readonly Line[] = lines;
  while (rest.length > 0) {
    const taken = rest.slice(0, cut(rest, room));
    rest = rest.slice(taken.length);
    const blank = Math.max(0, room - rowsOf(taken));
    screens.push(`${taken.map(({ text }) => text).join('\n')}\n${'\n'.repeat(blank)}`);
    // A screen does not begin with the blank line between two parts.
    while (rest[0]?.text === '') rest = rest.slice(1);
  }
  return screens.join('');
}

/** How many lines the next screen takes. */
function cut(lines: readonly Line[], room: number): number {
  let full = 0;
  while (full < lines.length && rowsOf(lines.slice(0, full + 1)) <= room) full += 1;
  if (full === lines.length) return full;
  const begin = lines.slice(0, full + 1).findLastIndex(({ mayBegin }, at) => at > 0 && mayBegin);
  if (begin <= 0) return Math.max(1, full);
  const end = lines.findIndex(({ mayBegin }, at) => at > begin && mayBegin);
  const isTooLong = rowsOf(lines.slice(begin, end < 0 ? lines.length : end)) > room;
  return isTooLong && full - begin > LEAD ? full : begin;
}

function linesOf({ kind, lines }: Part, before: Part | undefined, after: Part | undefined, columns: number): Line[] {
  const follows = before !== undefined && (before.kind === 'heading' || (kind === 'block' && before.kind === 'text'));
  const mayBegin = (at: number) => {
    if (at === 0) return !follows;
    if (kind === 'list') return /^\S/.test(lines[at] ?? '');
    return kind === 'text' && at >= TOGETHER && at <= lines.length - TOGETHER;
  };
  const own = lines.map((text, at): Line => {
    return { text, rows: Math.max(1, Math.ceil(stringWidth(text) / columns)), mayBegin: mayBegin(at) };
  });
  return after ? [...own, { text: '', rows: 1, mayBegin: false }] : own;
}

function rowsOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { rows }) => sum + rows, 0);
}
