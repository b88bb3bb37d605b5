/** Telling what npm was told at its start from what its settings say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseNpmrc, typedToNpm } from '../../src/command-line/npm-options.ts';

const test = suite('npm options');

test('an npmrc: keys and values as npm reads them', () => {
  const text = `; a\n# b\n[section]\njobs = max\njson\nExit-Zero="true"\nonly[]=4a\nquiet=false\nmirror=\${HOST}/x\n\n`;
  assert.equal(parseNpmrc(text, { HOST: 'http://one' }), [
    ['jobs', 'max'],
    ['json', 'true'],
    ['exit_zero', 'true'],
    ['only', '4a'],
    ['quiet', ''],
    ['mirror', 'http://one/x'],
  ]);
});

test('what a file says was not typed; another value was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'npm-options-'));
  try {
    const file = join(folder, '.npmrc');
    writeFileSync(file, 'jobs=max\n');
    for (const place of [
      { npm_config_userconfig: file },
      { npm_config_globalconfig: file },
      { npm_config_local_prefix: folder },
    ]) {
      assert.is(typedToNpm('--jobs', { npm_config_jobs: 'max', ...place }), undefined);
      assert.is(typedToNpm('--jobs', { npm_config_jobs: '3', ...place }), '3');
      assert.is(typedToNpm('--exit-zero', { npm_config_exit_zero: 'true', ...place }), 'true');
    }
    assert.is(typedToNpm('--jobs', { npm_config_jobs: 'max', npm_config_userconfig: join(folder, 'none') }), 'max');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
