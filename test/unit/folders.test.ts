/** Making folders. */
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFolders } from '../../native/folders.cjs';

const test = suite('folders');
let top = '';

test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'folders-'));
});
test.after.each(() => rmSync(top, { recursive: true }));

const codeOf = (path: string) => {
  try {
    makeFolders(path);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

test('what is missing is made, and the first that was is named', () => {
  assert.is(makeFolders(join(top, 'a/b/c'), 0o700), join(top, 'a'));
  assert.is(statSync(join(top, 'a/b/c')).mode & 0o777, 0o700);
  assert.is(makeFolders(join(top, 'a/b/c')), undefined);
  assert.is(makeFolders(join(top, 'a/b/d')), join(top, 'a/b/d'));
});

test('a link to a folder is one; a file or a link to nothing is none', () => {
  symlinkSync(top, join(top, 'link'));
  assert.is(makeFolders(join(top, 'link/e')), join(top, 'link/e'));
  writeFileSync(join(top, 'file'), '');
  assert.is(codeOf(join(top, 'file')), 'EEXIST');
  symlinkSync('nothing', join(top, 'dangling'));
  assert.is(codeOf(join(top, 'dangling')), 'EEXIST');
});

test('where no folder can be made there is an end', () => {
  for (const path of ['/proc/a', '/proc/a/b/c', '/proc/self/fd/a', '/sys/a/b']) {
    assert.ok(['ENOENT', 'EACCES', 'EPERM', 'EROFS'].includes(String(codeOf(path))), `${path}: ${codeOf(path)}`);
  }
});

test.run();
