/** The learner's files are never overwritten. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry, textOf } from '../../src/catalogue/exercises.ts';
import { Workspace } from '../../src/practice/workspace.ts';

const test = suite('the workspace');
let workspace: Workspace;
let entry: Entry;
let starter: string;
const text = () => readFileSync(workspace.fileOf(entry), 'utf8');

test.before.each(async () => {
  workspace = new Workspace(join(mkdtempSync(join(tmpdir(), 'workspace-')), 'workspace'));
  entry = (await catalogue())[0] as Entry;
  starter = textOf(entry, 'starter.ts');
});
test.after.each(() => rmSync(join(workspace.directory, '..'), { recursive: true }));

test('the starter is put there once, and a tsconfig.json beside it', () => {
  assert.ok(workspace.prepare(entry));
  assert.is(text(), starter);
  assert.equal(readdirSync(workspace.directory).sort(), [`${entry.stem}.ts`, 'tsconfig.json']);
});

test('a file that is there stays as it is, and so does tsconfig.json', () => {
  workspace.prepare(entry);
  writeFileSync(workspace.fileOf(entry), 'mine');
  writeFileSync(join(workspace.directory, 'tsconfig.json'), '{}');
  assert.not(workspace.prepare(entry));
  assert.is(text(), 'mine');
  assert.is(readFileSync(join(workspace.directory, 'tsconfig.json'), 'utf8'), '{}');
});

test('a link is not followed, be it to nowhere', () => {
  workspace.prepare(entry);
  rmSync(workspace.fileOf(entry));
  symlinkSync('nowhere', workspace.fileOf(entry));
  assert.not(workspace.prepare(entry));
  assert.not(readdirSync(workspace.directory).includes('nowhere'));
});

test('a reset keeps a copy, and every further one another', () => {
  workspace.prepare(entry);
  for (const number of [1, 2, 3]) {
    writeFileSync(workspace.fileOf(entry), `mine ${number}`);
    assert.ok(workspace.reset(entry)?.endsWith(`${entry.stem}.${number}.ts`));
    assert.is(text(), starter);
  }
  const copy = (number: number) => readFileSync(join(workspace.directory, `${entry.stem}.${number}.ts`), 'utf8');
  assert.equal([1, 2, 3].map(copy), ['mine 1', 'mine 2', 'mine 3']);
  assert.is(workspace.reset(entry), undefined, 'a copy of the starter helps nobody');
});

test('a reset without a file puts the starter there', () => {
  assert.is(workspace.reset(entry), undefined);
  assert.is(text(), starter);
});

test.run();
