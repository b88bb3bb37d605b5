/** Values drawn at random for every run, so that no submission can know them beforehand. */
import { randomBytes, randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A word of small letters, fit for a host name, a file or an interface. */
export function word(length = 8): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number): number {
  return randomInt(least, most + 1);
}

/** An exit status that no failure of the kit or of a shell has. */
export function exitStatus(): number {
  return whole(10, 99);
}

/** One of several. */
export function oneOf<T>(choices: readonly [T, ...T[]]): T {
  return choices[randomInt(choices.length)] ?? choices[0];
}

/** A word by which a process is known; nobody can guess it. */
export function marker(): string {
  return `probe-${randomBytes(8).toString('hex')}`;
}
