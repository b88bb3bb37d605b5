/**
 * What containers become while they are graded: shell scripts that wait to be
 * looked at. What they print counts for nothing; what they do can be seen from
 * outside.
 */
import type { Program } from '../submission/assignment.ts';
import { marker } from './draw.ts';

/** Any script. In it, `$0` is the word by which its process is known. */
export function script(text: string): Program {
  return { script: text, marker: marker() };
}

/** Does each line that the grader sends, and ends with a status when there are no more. */
export function servant(status: number): Program {
  return script(
    `while IFS= read -r line; do eval "$line" </dev/null; printf '\\n%s %s\\n' "$0" "$?"; done; exit ${status}`,
  );
}

/** Waits, and ends with a status when it gets SIGUSR1. For all containers but the one that has the input. */
export function sentry(status: number): Program {
  return script(`trap 'exit ${status}' USR1; while :; do sleep 1 & wait $!; done`);
}
