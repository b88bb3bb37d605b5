/** The parts of `npm run vm` that need no machine. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keptByNpm, parse } from '../../src/command-line/options.ts';
import { UsageError } from '../../src/command-line/usage-error.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { sweep, unknownIn } from '../../src/vm/cache.ts';
import { jobLine } from '../../src/vm/job.ts';
import { FORM, requestOf } from '../../src/vm/options.ts';
import { requirePrograms } from '../../src/vm/programs.ts';
import { until } from '../../src/vm/trailer.ts';

const parseVmOptions = (words: readonly string[], environment: NodeJS.ProcessEnv) =>
  requestOf(parse(FORM, [...keptByNpm(FORM, words, environment), ...words]));

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}

async function readUntil(mark: string, stream: AsyncIterable<Buffer>) {
  const chunks = until(mark, stream);
  let text = '';
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) return { text, complete: value };
    text += value;
  }
}

test('a stream ends at its mark, however it is cut', async () => {
  for (const size of [1, 2, 3, 5, 100]) {
    assert.equal(await readUntil('END1', pieces('an EN, an END, an ENDEND1rest', size)), {
      text: 'an EN, an END, an ENDEND1rest'.slice(0, -8),
      complete: true,
    });
  }
});

test('a stream without its mark is given whole, and said to be cut off', async () => {
  assert.equal(await readUntil('END1', pieces('output END', 4)), { text: 'output END', complete: false });
});

test('options end where the command begins', () => {
  const { user, hardware, timeoutMs, command } = parseVmOptions(
    ['--user', '--memory', '1g', '--timeout=9', 'npm', 'test', '--', '--user'],
    {},
  );
  assert.equal([user, hardware.memory, timeoutMs], ['learner', 2 ** 30, 9000]);
  assert.equal(command, ['npm', 'test', '--', '--user']);
  assert.equal(parseVmOptions([], {}).command, []);
});

test('what is wrong with an option is said with its name', () => {
  const message = (words: string[], environment = {}) => {
    try {
      parseVmOptions(words, environment);
    } catch (error) {
      assert.instance(error, UsageError);
      return (error as Error).message;
    }
    return '';
  };
  assert.match(message(['--memory', 'much']), /^--memory: "much" is not a size/);
  assert.match(message(['--cpus']), /^--cpus needs a value: --cpus NUMBER/);
  assert.match(message(['--frob']), /^There is no option --frob\./);
  assert.match(message([], { npm_config_memory: 'true' }), /npm run vm -- --memory$/);
});

test('a job is one line, whatever its words hold', () => {
  const line = jobLine({ user: 'root', terminal: false, command: ['echo', 'two words', "it's\nnew"] }, 'MARK');
  const [user, terminal, mark, , words = ''] = line.trimEnd().split(' ');
  assert.equal([user, terminal, mark, line.split('\n').length], ['root', 'none', 'MARK', 2]);
  assert.is(Buffer.from(words, 'base64').toString(), "echo\0two words\0it's\nnew\0");
});

test('what a build elsewhere has begun stays in the cache, and is said; what a dead one has goes', () => {
  const cache = mkdtempSync(join(tmpdir(), 'vm-cache-'));
  try {
    const own = newOwnerName();
    const boot = /[0-9a-f]{8}/.exec(own)?.[0] ?? '';
    const far = own.replace(boot, boot === '01234567' ? '12345678' : '01234567');
    const dead = own.replace(/-\d+-(\d+)$/, '-1-$1');
    for (const name of [own, far, dead]) mkdirSync(join(cache, name));
    sweep(cache);
    assert.equal(readdirSync(cache).sort(), [own, far].sort());
    const [line = '', ...more] = unknownIn(cache);
    assert.equal(more, []);
    assert.match(line, `left alone: ${join(cache, far)}, made by process ${process.pid} on another machine`);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test('programs that are missing are named, with the packages that have them', () => {
  const programs = ['frobnicate', 'defrob'].map((name) => ({ name, package: 'frob-utils' }));
  assert.throws(
    () => requirePrograms('This test', [{ name: 'sh', package: 'dash' }, ...programs]),
    /^This test needs frobnicate, defrob: sudo apt-get install frob-utils$/,
  );
});

test.run();
