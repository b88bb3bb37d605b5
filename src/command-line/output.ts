/**
 * Writing to the terminal.
 *
 * Not through process.stdout and process.stderr: Node would make a pipe there
 * non-blocking, and the container, which shares it, would lose output.
 */
import { writeSync } from 'node:fs';

export function print(text: string): void {
  writeAll(1, `${text}\n`);
}

export function printError(text: string): void {
  writeAll(2, `${text}\n`);
}

function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return; // the reader has gone, as with | head
      if (code !== 'EAGAIN') throw error; // another process that shares it made it non-blocking
    }
  }
}
