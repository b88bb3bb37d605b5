/** How texts are shown at this terminal. */
import { isatty, WriteStream } from 'node:tty';
import { colourLevel } from '../../command-line/colour.ts';
import type { View } from './render.ts';
import { styleFor } from './style.ts';

const USUAL = 80;
const LEAST = 20;
/** Longer lines are hard to read, however wide the screen is. */
const MOST = 120;

export function terminalView(hints = false): View {
  return { width: columns(), style: styleFor(colourLevel(1)), hints };
}

/** The width for text: the terminal's, or that of $COLUMNS, or 80. */
export function columns(environment = process.env): number {
  const width = isatty(1) ? new WriteStream(1).columns : Number(environment.COLUMNS);
  return Math.min(MOST, Math.max(LEAST, width || USUAL));
}
