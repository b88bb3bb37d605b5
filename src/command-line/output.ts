/**
 * Writing to the terminal.
 *
 * Not through process.stdout and process.stderr: Node would make a pipe there
 * non-blocking, and the container, which shares it, would lose output.
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

/**
 * Writes a line to standard output: what the command was asked for. A reader
 * that has gone, as with `| head`, is no error.
 * @throws Error if it cannot be written: the disk is full, the terminal is gone
 */
export function print(text: string): void {
  try {
    writeAll(1, `${text}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return;
    const reason = code === 'ENOSPC' ? 'the disk is full (ENOSPC)' : code;
    throw new Error(`Standard output cannot be written: ${reason}.`, { cause: error });
  }
}

/** Writes a line to standard error. What cannot be written there is lost, and never ends what goes on. */
export function printError(text: string): void {
  writeError(`${text}\n`);
}

/** As `printError`, without the end of a line. */
export function writeError(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // Nobody is left who could be told.
  }
}

function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      // Another process that shares it made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/**
 * Writes sentences to standard error. At a terminal they are broken between
 * words, and what follows a break is indented as the line was.
 */
export function printProse(text: string): void {
  const width = isatty(2) ? process.stderr.columns : 0;
  printError(brokenBetweenWords(text, width || Number.POSITIVE_INFINITY));
}

/**
 * Between words; what is to be typed, behind `Try: ` at the end of a line, is one word, so that it can be copied.
 */
const BETWEEN_WORDS = /(?<!Try: .*) /;

/** The same text, with no line wider than `width` but those of one word; what sets a colour has no width. */
export function brokenBetweenWords(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const [indent = ''] = /^ */.exec(line) ?? [];
      const lines: string[] = [];
      for (const word of line.slice(indent.length).split(BETWEEN_WORDS)) {
        const longer = lines.length === 0 ? undefined : `${lines.at(-1)} ${word}`;
        if (longer !== undefined && stripVTControlCharacters(longer).length <= width) lines[lines.length - 1] = longer;
        else lines.push(`${indent}${word}`);
      }
      return lines;
    })
    .join('\n');
}
