/** The commands: package.json's scripts, the files of src/cli, and what the README says of them, are the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command } from '../../src/command-line/command.ts';
import { UsageError } from '../../src/command-line/usage-error.ts';
import { lab, top } from '../support/lab.ts';

const test = suite('commands');

const textOf = (path: string) => readFileSync(join(top, path), 'utf8');
const scripts = Object.entries<string>(JSON.parse(textOf('package.json')).scripts).flatMap(([name, line]) => {
  const [, words] = /^node bin\/lab\.cjs (.*)$/.exec(line) ?? [];
  return words === undefined ? [] : [{ name, words }];
});
const names = scripts.map(({ name }) => name).sort();
const files = readdirSync(join(top, 'src/cli'));

test('each script of package.json is a file of src/cli, and each file a script', () => {
  assert.equal(names.map((name) => `${name.replace(':', '-')}.ts`).sort(), files.sort());
  for (const { name, words } of scripts) assert.is(words, name);
});

test('the launcher knows them without the packages, and starts what a file exports as main', () => {
  const { status, stderr } = lab(['no-such-command']);
  assert.is(status, 2);
  const listed = /^There is no command no-such-command\. Commands: (.*)\n$/.exec(stderr)?.[1] ?? '';
  assert.equal(listed.split(', ').sort(), names);
  for (const name of ['constructor', '../run/run-step', 'step.ts', 'lessons-check']) assert.is(lab([name]).status, 2);
});

test('the README names every one', () => {
  const readme = textOf('README.md');
  for (const name of names) {
    assert.ok(new RegExp(`npm run (-s )?${name}(?![\\w:])`).test(readme), `README.md does not name npm run ${name}`);
  }
});

test('every command refuses an option that nobody knows in one line that names it', async () => {
  for (const file of files.filter((name) => name !== 'step.ts')) {
    const { main }: { main: Command } = await import(`../../src/cli/${file}`);
    const refusal = await main(['--no-such-option']).catch((error: unknown) => error);
    assert.ok(refusal instanceof UsageError, file);
    assert.match(refusal.message, /^.*--no-such-option.*$/, file);
  }
});

test('--help is a usage line, on standard output', () => {
  const { status, stdout, stderr } = lab(['lessons:check', '--help']);
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^Usage: npm run lessons:check \[LESSON…\] \[-- \[--no-run\] \[--slow\]\]\n/);
});

test.run();
