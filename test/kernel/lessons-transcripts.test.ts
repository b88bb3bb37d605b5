/** Every command of every lesson does what the lesson says. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { failureText } from '../../src/cli/lessons-check.ts';
import { runBlock } from '../../src/lessons/console/block.ts';
import { unmetNeed } from '../../src/lessons/console/needs.ts';
import { parseTranscript } from '../../src/lessons/console/transcript.ts';
import { pages, readLibrary } from '../../src/lessons/library.ts';
import { fences } from '../../src/lessons/markdown/fences.ts';
import { parse } from '../../src/lessons/markdown/parse.ts';
import { hostState, top } from '../support/lab.ts';
import { testWith } from '../support/needs.ts';

const test = suite("the lessons' transcripts");

for (const { path, text } of pages(readLibrary())) {
  for (const fence of fences(parse(text)).filter(({ language }) => language === 'console')) {
    const transcript = parseTranscript(fence);
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
      const outcome = await runBlock(transcript, top);
      assert.ok('failures' in outcome);
      assert.is(outcome.failures.map((failure) => failureText(path, failure)).join('\n'), '');
      assert.equal(hostState(), before, 'the host is not as it was before');
    });
  }
}

test.run();
