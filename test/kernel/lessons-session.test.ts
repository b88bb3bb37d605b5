/** Transcripts are run for real: what is wrong in them is found, and nothing stays behind. */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { type BlockResult, runBlock } from '../../src/lessons/console/block.ts';
import type { Mismatch } from '../../src/lessons/console/run-transcript.ts';
import { parseTranscript } from '../../src/lessons/console/transcript.ts';
import { fences } from '../../src/markdown/fences.ts';
import { parse } from '../../src/markdown/parse.ts';
import { kernelTest } from '../support/kernel-test.ts';
import { top } from '../support/lab.ts';
import { fixtureTop } from '../support/lessons.ts';
import { canRun, root } from '../support/needs.ts';

const test = suite('transcripts are run');
const needs = [root, canRun(4)];

function run(content: string, words: string[] = []): Promise<BlockResult> {
  return runBlock(parseTranscript({ content, words, line: 1 }), top);
}

async function mismatches(content: string, words: string[] = []): Promise<readonly Mismatch[]> {
  const outcome = await run(content, words);
  assert.ok('mismatches' in outcome, JSON.stringify(outcome));
  return outcome.mismatches;
}

kernelTest(test, needs, 'the sample is right: host, container and second terminal', async () => {
  for (const { text } of readLibrary(fixtureTop).lessons) {
    for (const fence of fences(parse(text)).filter(({ language }) => language === 'console')) {
      assert.equal(await runBlock(parseTranscript(fence), top), { mismatches: [] });
    }
  }
});

kernelTest(
  test,
  needs,
  'a wrong line is found in each of the three places, and the rest is run all the same',
  async () => {
    const found = await mismatches(
      '$ echo a\nb\n$ npm run -s step 4\ncontainer# echo c\nd\n2# echo e\nf\ncontainer# exit\nexit\n$ echo g\ng\n',
    );
    assert.equal(
      found.map(({ line, difference }) => [line, ...difference]),
      [
        [2, '- b', '+ a'],
        [5, '- d', '+ c'],
        [7, '- f', '+ e'],
      ],
    );
  },
);

kernelTest(test, needs, 'what a killed container says is expected below the command that killed it', async () => {
  const block = (status: number) =>
    `$ npm run -s step 3\nThe child is process ⟨pid⟩ out here, and process 1 inside.\ncontainer# echo $$\n1\n2# kill -9 ⟨pid⟩\n$ echo $?\n${status}\n`;
  assert.equal(await mismatches(block(137)), []);
  assert.is((await mismatches(block(0))).length, 1);
});

kernelTest(test, needs, 'a command may go on in the foreground while the second terminal is used', async () => {
  const found = await mismatches(
    '$ npm run -s step 3 -- sleep 1000\nThe child is process ⟨pid⟩ out here, and process 1 inside.\n2# kill -9 ⟨pid⟩; echo done\ndone\n$ echo $?\n137\n',
  );
  assert.equal(found, []);
});

kernelTest(test, needs, 'a container that was not left is an error before the next command on the host', async () => {
  const [found] = await mismatches('$ npm run -s step 4\n$ echo next\nnext\n');
  assert.is(found?.line, 3);
  assert.match(found?.message ?? '', /container# exit/);
});

kernelTest(test, needs, 'a step that fails gives no shell: that is said, and the block ends', async () => {
  const [found, ...more] = await mismatches(
    '$ npm run -s step 4 -- --no-such-option\ncontainer# echo x\nx\n$ echo y\ny\n',
  );
  assert.match(found?.message ?? '', /no shell in a container/);
  assert.ok(found?.difference.some((line) => line.includes('--no-such-option')));
  assert.equal(more, []);
});

kernelTest(test, needs, 'processes that a block leaves are reported and ended', async () => {
  const [found] = await mismatches('$ setsid -f sleep 999\n');
  assert.match(found?.message ?? '', /left something behind: process \d+ sleep/);
});

kernelTest(test, needs, 'mounts that a block leaves are reported', async () => {
  const [found] = await mismatches('$ mkdir $HOME/m && mount -t tmpfs lesson $HOME/m\n');
  assert.match(found?.message ?? '', /left something behind: mount .*\/m/);
});

kernelTest(test, needs, 'files that a block names and leaves are reported, wherever it puts them', async () => {
  for (const [command, path] of [
    ['echo x > ~/lines', 'lines'],
    ['touch /var/tmp/lesson-left', '/var/tmp/lesson-left'],
    ['mkfifo /dev/shm/lesson-left', '/dev/shm/lesson-left'],
    ['npm run -s step 4 -- touch lesson-left', 'lesson-left'],
  ] as const) {
    const [found] = await mismatches(`$ ${command}\n`);
    assert.match(found?.message ?? '', new RegExp(`left something behind: file .*${path}\\.`), command);
    rmSync(resolve(top, path), { force: true });
    assert.equal(await mismatches(`$ ${command}; rm ${path === 'lines' ? '~/lines' : path}\n`), [], command);
  }
});

kernelTest(test, [root], 'what is typed at the speed of a person comes too late for what lives too short', async () => {
  const block = (life: number) =>
    parseTranscript({
      content: `$ sleep ${life} &\n[1] ⟨pid⟩\n$ grep Name: /proc/⟨pid⟩/status\nName: sleep\n$ kill $! && sleep 1\n[1]+ Terminated sleep ${life}\n`,
      words: [],
      line: 1,
    });
  const found = async (life: number, speed?: number) => {
    const outcome = await runBlock(block(life), top, { speed });
    assert.ok('mismatches' in outcome);
    return outcome.mismatches.map(({ line }) => line);
  };
  assert.equal(await found(4), []);
  assert.equal(await found(4, 5), [4, 6]);
  assert.equal(await found(600, 5), []);
});

kernelTest(test, [root], 'an ordinary user is one', async () => {
  const outcome = await run(
    'user$ test $(id -u) != 0 && test -w $HOME && test $(id -G | wc -w) = 1 && echo yes\nyes\n',
    ['user'],
  );
  assert.ok('skipped' in outcome || outcome.mismatches.length === 0, JSON.stringify(outcome));
});

kernelTest(test, [root], 'no machine has the controllers in both versions of cgroups', async () => {
  const [one, two] = [await run('$ true\n', ['v1']), await run('$ true\n', ['v2'])];
  const skipped = [one, two].filter((outcome) => 'skipped' in outcome);
  assert.ok(skipped.length >= 1);
  for (const outcome of skipped) assert.is('skipped' in outcome && outcome.skipped.excusable, skipped.length === 1);
});

test.run();
