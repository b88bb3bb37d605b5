/** test/all.ts, with an npm that only says what it would have come to. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countsOf } from '../counts.ts';
import { failuresIn } from '../failures.ts';
import { loader } from '../support/lab.ts';

const all = fileURLToPath(new URL('../all.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tmp-all-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Each part is what a shell does in its stead. */
function runAll(host: string, arm64: string, vm: string) {
  const npm = join(folder, 'npm');
  const proof = 'echo "1 passed, 0 failed"';
  writeFileSync(
    npm,
    `#!/bin/sh\ncase "$*" in *exercises:check*) ${proof};; *test:arm64*) ${arm64};; *test:vm*) ${vm};; *) ${host};; esac\n`,
  );
  chmodSync(npm, 0o755);
  const { status, stdout } = spawnSync(process.execPath, ['--import', loader, all], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    timeout: 60_000,
  });
  return { status, stdout, last: stdout.trimEnd().split('\n').at(-1) };
}

test('the last line, and no other, is the sum of all parts', () => {
  const { status, stdout, last } = runAll(
    'echo "5 passed, 0 failed, 2 skipped"',
    'echo "3 passed, 0 failed"',
    'echo "1 passed, 0 failed"; echo "7 passed, 0 failed, 1 skipped"',
  );
  assert.equal([status, last], [0, '16 passed, 0 failed, 3 skipped']);
  assert.is(stdout.match(/^\d+ passed, \d+ failed/gm)?.length, 1);
});

test('a part that cannot be run here is named in one line, and counts as nothing', () => {
  const { status, stdout, last } = runAll(
    'echo "5 passed, 0 failed"',
    'echo "npm run test:arm64 needs qemu"; exit 69',
    'echo "details"; echo "no machine boots here"; exit 69',
  );
  assert.equal([status, last], [0, '6 passed, 0 failed']);
  assert.match(stdout, /^arm64: not run: npm run test:arm64 needs qemu \(/m);
  assert.match(stdout, /^vm: not run: no machine boots here \(/m);
});

test('a failure in any part is one of the whole, and the other parts run all the same', () => {
  const fine = 'echo "2 passed, 0 failed"';
  const cases: readonly [string, string, string][] = [
    ['echo "1 passed, 1 failed"; exit 1', fine, fine],
    [fine, 'echo nothing', fine],
    [fine, fine, 'echo "1 passed, 0 failed"; exit 1'],
    ['kill -KILL $$', fine, fine],
  ];
  for (const parts of cases) {
    const { status, last } = runAll(...parts);
    assert.is(status, 1);
    assert.match(last ?? '', /^[56] passed, 1 failed$/);
  }
});

test('what failed is said again after all parts, and nothing else is', () => {
  const { stdout } = runAll(
    'echo "✓ a"; echo "✗ b"; echo "    why"; echo "✓ c"; echo "1 passed, 1 failed"; exit 1',
    'echo "✓ d"; echo "1 passed, 0 failed"',
    'echo "a word"; echo "its last"; exit 3',
  );
  const [, said = ''] = stdout.split('What failed:\n');
  assert.equal(said.split('\n').slice(0, 5), [
    'host  | ✗ b',
    'host  |     why',
    'vm    | a word',
    'vm    | its last',
    '',
  ]);
  assert.not.match(runAll('echo "✗ b"; echo "1 passed, 0 failed"', 'exit 69', 'exit 69').stdout, 'What failed');
});

test('a failure is its line, and those indented below it, over empty ones', () => {
  assert.equal(failuresIn('✓ a\n    x\n✗ b\r\n    y\n\n    z\n\n2 passed\n    w\n✗ c\n'), [
    '✗ b',
    '    y',
    '    z',
    '✗ c',
  ]);
  const many = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  assert.equal(failuresIn(many.join('\n')), many.slice(-20));
});

test('counts are those of the last line; a status that they do not explain is a failure', () => {
  const counts = (passed: number, failed: number, skipped = 0) => ({ passed, failed, skipped });
  assert.equal(countsOf('1 passed, 0 failed\n    9 passed, 0 failed\n', 0), counts(1, 0));
  assert.equal(countsOf('1 passed, 0 failed\n2 passed, 3 failed, 4 skipped\n', 1), counts(2, 3, 4));
  assert.equal(countsOf('1 passed, 0 failed\n', 1), counts(1, 1));
  assert.equal(countsOf('1 passed, 0 failed\n', null), counts(1, 1));
  assert.equal(countsOf('', 0), counts(0, 1));
});

test.run();
