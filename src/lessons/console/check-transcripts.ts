/** Runs the console blocks of a page, and says of each how it went. */
import type { Page } from '../../catalogue/lessons.ts';
import { fences } from '../../markdown/fences.ts';
import { parse } from '../../markdown/parse.ts';
import { runBlock } from './block.ts';
import { mismatchText } from './run-transcript.ts';
import { parseTranscript } from './transcript.ts';

interface Listener {
  readonly say: (line: string) => void;
  readonly complain: (lines: string) => void;
}

/**
 * Returns the number of commands that did not do what the page says. `top` is the
 * folder of the kit, `speed` in characters a second.
 */
export async function checkTranscripts(
  { path, text }: Page,
  top: string,
  listener: Listener,
  speed?: number,
): Promise<number> {
  let failed = 0;
  for (const fence of fences(parse(text)).filter(({ language }) => language === 'console')) {
    const transcript = parseTranscript(fence);
    const place = `${path}:${fence.line}`;
    if (transcript.problems.length > 0) continue; // the check of the page's form has said so
    const outcome = await runBlock(transcript, top, { speed });
    if ('skipped' in outcome) {
      listener.say(`${place}: skipped: ${outcome.skipped.reason}`);
      continue;
    }
    for (const mismatch of outcome.mismatches) listener.complain(mismatchText(path, mismatch));
    if (outcome.mismatches.length === 0) listener.say(`${place}: as expected`);
    failed += outcome.mismatches.length;
  }
  return failed;
}
