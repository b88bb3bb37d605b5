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

/** What a sentry does besides waiting. */
export interface Orders {
  /** Shell for its first moment, when it has its first child. */
  readonly first?: string;
  /** Shell for when it gets SIGUSR1. */
  readonly woken?: string;
  /** It ends at SIGTERM, once it has been told its status. Otherwise it ends as soon as it is told. */
  readonly endsAtTerm?: boolean;
}

/** The last word of the command line of a sentry's idle child. */
export const IDLE = '1000000000';
/**
 * What a sentry's text begins with. In the background a shell gives the first of a
 * pipeline /dev/null to read, and ends it where there is none, as in an image
 * without a /dev. Then the second one is still there, and nobody hears of the first.
 */
export const FIRST_WORDS = `{ sleep ${IDLE} | sleep ${IDLE} &`;

/** The signals for the two digits of a status: all real-time signals, which mean nothing else. */
export const FIRST_DIGIT = 35;
export const SECOND_DIGIT = 50;
/** So many values has a digit. */
export const DIGITS = 15;
/** Added to both: small statuses are those of shells that fail. */
export const LEAST_STATUS = 10;
export const MOST_STATUS = LEAST_STATUS + DIGITS * DIGITS - 1;

/**
 * Waits until it is told how to end. No status stands in its text: the grader
 * chooses one at the last moment, and tells it by two signals. So whoever ends
 * with the same has learned it from the end of this process. There is a handler
 * for the second only when the first has been understood.
 *
 * Its idle child is as old as the program itself, and shows for ever in what
 * cgroup and namespaces that began.
 */
export function sentry({ first = '', woken = '', endsAtTerm = false }: Orders = {}): Script {
  const end = `exit $((${LEAST_STATUS} + ${DIGITS} * $1 + n))`;
  const lines = [
    `${FIRST_WORDS} } 2>&-; idle=$!`,
    first,
    woken && `trap '${woken}' USR1`,
    `tell() { n=0; while [ $n -lt ${DIGITS} ]; do trap "${endsAtTerm ? `trap '${end}' TERM` : end}" $((${SECOND_DIGIT} + n)); n=$((n + 1)); done; }`,
    `n=0; while [ $n -lt ${DIGITS} ]; do trap "tell $n" $((${FIRST_DIGIT} + n)); n=$((n + 1)); done`,
    'while :; do wait $idle; done',
  ];
  return script(lines.filter(Boolean).join('\n'));
}
