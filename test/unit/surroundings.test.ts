/** Folders of the user's, and packages of the machine's. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { userFolder } from '../../src/command-line/home.ts';
import { findProgram } from '../../src/images/find-program.ts';
import { missingLine, missingPackages } from '../packages.ts';

const test = suite('surroundings');

test('folders: a variable with an absolute path, else below the home, else none', () => {
  assert.is(userFolder('state', { XDG_STATE_HOME: '/s', HOME: '/h' }), '/s/container-lab');
  assert.is(userFolder('state', { XDG_STATE_HOME: 's', HOME: '/h' }), '/h/.local/state/container-lab');
  assert.is(userFolder('cache', { XDG_CACHE_HOME: '', HOME: '/h' }), '/h/.cache/container-lab');
  assert.is(userFolder('cache', { HOME: '/h' }, '/other'), '/other/.cache/container-lab');
});

test('packages: of several programs any, a file by its path; those of the tests alone are spared', () => {
  const list = '# words\nsh dash kit\n/no/such/file.h headers kit\nnone|sh shells tests\nnone|nothing nowhere tests\n';
  const missing = missingPackages(list, '/bin');
  assert.equal(missing, [
    { name: 'headers', spared: false },
    { name: 'nowhere', spared: true },
  ]);
  assert.equal(missingLine(missing), {
    text: 'The tests cannot run without: sudo apt-get install headers nowhere',
    canRun: false,
  });
  assert.is(missingLine(missing.slice(1))?.canRun, true);
  assert.is(missingLine([]), undefined);
});

test('a dot, or nothing, in PATH is where we are', () => {
  const before = process.cwd();
  try {
    process.chdir('/usr/bin');
    for (const path of ['.', '/nowhere:', '/nowhere:.']) assert.is(findProgram('env', '/', path), '/usr/bin/env');
    process.chdir('/');
    assert.throws(() => findProgram('env', '/', '.'), /command not found/);
  } finally {
    process.chdir(before);
  }
});

test.run();
