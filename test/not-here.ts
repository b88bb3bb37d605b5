/** How a part of the tests says that this machine cannot run it, which is no failure: by its last line and its status. */

/** EX_UNAVAILABLE of sysexits.h. */
export const NOT_HERE = 69;

/** Ends with the reason in the last line, and what else is known of it above. */
export function exitNotHere(error: unknown): never {
  const [reason, ...details] = (error instanceof Error ? error.message : String(error)).split('\n');
  for (const line of details) console.log(line);
  console.log(reason?.replace(/:$/, ''));
  process.exit(NOT_HERE);
}
