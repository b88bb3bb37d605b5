/** What a run of tests said of its failures, for a reader who has only its end. */

/** Of a part that says nothing of what went wrong in it, this many of its last lines. */
const LAST_LINES = 20;

/** Each line that begins with ✗, with the indented lines below it; without any, the last lines. */
export function failuresIn(output: string): readonly string[] {
  const lines = output.split(/\r?\n/).filter((line) => line !== '');
  const found: string[] = [];
  let isOfFailure = false;
  for (const line of lines) {
    if (/^\S/.test(line)) isOfFailure = line.startsWith('✗');
    if (isOfFailure) found.push(line);
  }
  return found.length > 0 ? found : lines.slice(-LAST_LINES);
}
