import { closeSync, openSync } from 'node:fs';

/** Each of these calls is looked at by the grader. */
export async function run(): Promise<never> {
  for (;;) closeSync(openSync('/dev/null', 'w'));
}
