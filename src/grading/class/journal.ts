/**
 * What has been graded so far, a line each. Each is on the disk before the next
 * is begun. After a power failure the last line may be torn: then it does not
 * count.
 */
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Grade } from '../grade.ts';

export interface Noted {
  readonly student: string;
  /** What was graded, by what: see `fingerprint`. */
  readonly fingerprint: string;
  readonly grade: Grade;
}

export class Journal {
  readonly #fd: number;
  readonly #noted = new Map<string, Grade>();

  /** @throws Error if the file is there and cannot be used */
  constructor(file: string, restart = false) {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
    this.#fd = openSync(file, flags, 0o600);
    if (restart) ftruncateSync(this.#fd);
    const text = readFileSync(this.#fd, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    // Otherwise the next line would be joined to the torn one.
    if (whole.length < text.length) ftruncateSync(this.#fd, Buffer.byteLength(whole));
    for (const line of whole.split('\n')) this.#remember(parse(line));
  }

  get size(): number {
    return this.#noted.size;
  }

  find(student: string, print: string): Grade | undefined {
    return this.#noted.get(keyOf(student, print));
  }

  add(noted: Noted): void {
    writeWhole(this.#fd, Buffer.from(`${JSON.stringify(noted)}\n`));
    fsyncSync(this.#fd);
    this.#remember(noted);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #remember(noted: Noted | undefined): void {
    if (noted) this.#noted.set(keyOf(noted.student, noted.fingerprint), noted.grade);
  }
}

function keyOf(student: string, print: string): string {
  return JSON.stringify([student, print]);
}

/** A line that cannot be read is no reason to lose the others: its work is graded again. */
function parse(line: string): Noted | undefined {
  try {
    const { student, fingerprint: print, grade } = JSON.parse(line);
    const isGrade = typeof grade?.status === 'string' && Number.isInteger(grade.points) && Array.isArray(grade.checks);
    return typeof student === 'string' && typeof print === 'string' && isGrade
      ? { student, fingerprint: print, grade }
      : undefined;
  } catch {
    return undefined;
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
}
