/** From a program that failed to one line that says why. */
import { statfsSync } from 'node:fs';
import type { Ended } from './run-program.ts';

const MEBIBYTE = 2 ** 20;
const ALMOST_FULL = 2 * MEBIBYTE;

/** Says that the disk below `directory` is full, if it is or if somebody has complained that it was. */
export function fullDisk(directory: string, lines: readonly string[] = []): string | undefined {
  const { bavail, blocks, bsize, ffree, files } = statfsSync(directory);
  const free = bavail * bsize;
  const complaint = lines.some((line) => /No space left on device|Disk quota exceeded/.test(line));
  const noFiles = files > 0 && ffree === 0;
  if (!complaint && free > ALMOST_FULL && !noFiles) return undefined;
  const total = blocks * bsize;
  return `The disk that holds ${directory} is full (${mebibytes(free)} free of ${mebibytes(total)}).`;
}

/** What the program itself gave as its reason: its own stop, its last complaint, or its last words. */
export function ownWords(program: string, { stopped, lines, lastLine, status }: Ended): string {
  if (stopped) return `${program} ${stopped}, so it was stopped.${lastLine ? ` Its last words: ${lastLine}` : ''}`;
  // The first error is the cause, those after it are its consequences.
  const complaint = lines.find((line) => /^E: /.test(line))?.slice(3) ?? lastLine;
  return `${program}: ${complaint || `it ended with status ${status ?? 'unknown'} and said nothing`}`;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MEBIBYTE)} MiB`;
}
