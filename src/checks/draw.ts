/** What is drawn at random for every run, so that no submission can know it beforehand: values, and scripts. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Script } from '../submission/assignment.ts';

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

/**
 * A script for a container to become. Its processes are known by a word that
 * nobody can guess, which is `$0` in it. What it prints counts for nothing: what
 * it does can be seen from outside.
 */
export function script(text: string): Script {
  return { text, marker: `probe-${randomBytes(8).toString('hex')}` };
}

/** Does each line that the grader sends, and ends with a status when there are no more. */
export function servant(status: number): Script {
  return script(
    `while IFS= read -r line; do eval "$line" </dev/null; printf '\\n%s %s\\n' "$0" "$?"; done; exit ${status}`,
  );
}

/** Waits, and ends with a status when it gets SIGUSR1. For all containers except the one that has the input. */
export function sentry(status: number): Script {
  return script(`trap 'exit ${status}' USR1; while :; do sleep 1 & wait $!; done`);
}
