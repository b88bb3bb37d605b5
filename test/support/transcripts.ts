/** Tests that the transcripts of a page are true: each console block is typed, and the host is the same afterwards. */
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Page, readPage } from '../../src/catalogue/lessons.ts';
import { runBlock } from '../../src/lessons/console/block.ts';
import { unmetNeed } from '../../src/lessons/console/needs.ts';
import { mismatchText } from '../../src/lessons/console/run-transcript.ts';
import { parseTranscript } from '../../src/lessons/console/transcript.ts';
import { fences } from '../../src/markdown/fences.ts';
import { parse } from '../../src/markdown/parse.ts';
import { hostState, top } from './lab.ts';
import { testWith } from './needs.ts';
import { patience } from './patience.ts';

/** Which transcripts: those for one version of cgroups, or all others. */
export type Part = 'versions' | 'others';

/** Runs the transcripts of a lesson, the whole of a test file: the lessons run side by side. */
export function testLesson(stem: string, part?: Part): void {
  const test = suite(`the transcripts of ${stem}`);
  testTranscripts(test, readPage(`lessons/${stem}.md`), part);
  test.run();
}

export function testTranscripts(test: Test, { path, text }: Page, part?: Part): void {
  for (const fence of fences(parse(text)).filter(({ language }) => language === 'console')) {
    const transcript = parseTranscript(fence);
    const isVersion = transcript.needs.includes('v1') || transcript.needs.includes('v2');
    if (part && isVersion !== (part === 'versions')) continue;
    const name = `${path}:${fence.line}`;
    const unmet = unmetNeed(transcript.needs, top);
    if (unmet?.excusable) {
      // As no machine has cgroup v1 and v2, this is no failure even where all tests must run.
      console.log(`skipped: ${name}: ${unmet.reason}`);
      test.skip(name, () => {});
      continue;
    }
    testWith(test, [() => unmet?.reason], name, async () => {
      const before = hostState();
      const outcome = await runBlock(transcript, top, { patience: patience(1) });
      assert.ok('mismatches' in outcome);
      assert.is(outcome.mismatches.map((mismatch) => mismatchText(path, mismatch)).join('\n'), '');
      assert.equal(hostState(), before, 'the host is not as it was before');
    });
  }
}
