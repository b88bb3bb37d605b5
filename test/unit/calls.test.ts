/** The table of calls and helpers: all that a solution needs is in it, as it is in the sources. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { importLine, type Usable, usables } from '../../src/catalogue/calls.ts';
import { callPage, callsPage, usablesNamed } from '../../src/catalogue/calls-page.ts';
import { catalogue, textOf } from '../../src/catalogue/exercises.ts';
import { CALLS_PAGE } from '../../src/catalogue/lessons.ts';
import { nearest } from '../../src/command-line/nearest.ts';
import { styleFor } from '../../src/markdown/terminal/style.ts';
import { callsText } from '../../src/practice/calls-text.ts';
import { CLONE } from '../../src/syscalls/flags.ts';
import { lab, read, top } from '../support/lab.ts';

const test = suite('calls');
const all = usables().flatMap((section) => section.usables);
const named = (name: string): Usable => {
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not in the table.`);
  return found;
};

test('every function of src/syscalls that gives calls is in it', () => {
  const folder = 'src/syscalls';
  const functions = readdirSync(join(top, folder)).flatMap((file) =>
    [...read(join(top, folder, file)).matchAll(/^export function (\w+)\([\s\S]*?\): (.+) \{$/gm)]
      .filter(([, , returns = '']) => /^(Call|Struct)(\[\])?$/.test(returns))
      .map(([, name = '']) => name),
  );
  assert.ok(functions.length > 70, `${functions.length}`);
  for (const name of functions) assert.is(named(name).name, name);
});

test('whatever the solutions and starters import or call is in it, or is a flag, or is a type', async () => {
  const seen = new Set<string>();
  for (const entry of await catalogue()) {
    for (const file of ['starter.ts', 'solution.ts'] as const) {
      const text = textOf(entry, file);
      for (const [, names = '', from = ''] of text.matchAll(/^import \{([^}]*)\} from '#([^']*)';$/gm)) {
        if (from.endsWith('/flags.ts')) continue;
        for (const name of names.split(',').map((word) => word.trim())) {
          if (name === '' || name.startsWith('type ')) continue;
          assert.is(importLine(named(name)), `import { ${name} } from '#${from}';`, entry.id);
          seen.add(name);
        }
      }
      for (const [name] of text.matchAll(/(?<![/\w-])(?:lab|group)\.\w+/g)) seen.add(named(name).name);
    }
  }
  for (const name of ['mount', 'setns', 'lab.onEnd', 'group.join', 'quoted', 'newOwnerName'])
    assert.ok(seen.has(name), name);
});

test('parameters are those of the function: as many must be given as it wants', async () => {
  for (const { name, file, imported, parameters = [] } of all.filter((one) => one.imported)) {
    const exported = (await import(join(top, file)))[name];
    const needed = parameters.filter((parameter) => !parameter.endsWith('?'));
    assert.ok(imported && needed.length <= exported.length && exported.length <= parameters.length, name);
    for (const parameter of parameters) assert.match(parameter, /^[a-z]\w*\??$/, name);
  }
});

test('each says what it is for, in a sentence, and where to read more', () => {
  for (const { name, file, summary, page, step } of all) {
    assert.match(summary, /^[A-Z`].*\.$/s, name);
    assert.not.match(summary, /\n|@throws|Source:/, name);
    if (/^src\/syscalls\/(?!call|show)/.test(file)) assert.match(page ?? '', /^\w+\([2-8]\)$/, name);
    if (file.startsWith('src/steps')) assert.type(step, 'number', name);
  }
});

test('one of them: import, types, flags, errors, an example', () => {
  const mount = callPage(named('mount'));
  for (const part of [
    "import { mount } from '#src/syscalls/mounts.ts';",
    '  type: string | null = null,',
    '`MS_REMOUNT`, `MS_BIND`, `MS.MS_MOVE`',
    "mount('none', '/', null, MS_REC | MS_PRIVATE)",
    '- ENODEV: ',
  ])
    assert.ok(mount.includes(part), part);
  assert.not.match(mount, 'MOVE_MOUNT');
  for (const flag of Object.keys(CLONE)) assert.match(callPage(named('lab.clone')), flag);
  assert.match(callPage(named('lab.wait')), 'type End = { status: number } | { signal: number };');
  assert.match(callPage(named('planControlGroup')), 'cpus?: number;');
  assert.match(callPage(named('noNewPrivileges')), 'not even of a set-user-ID program');
  assert.match(callPage(named('setDumpable')), 'trace this process');
});

test('they are found by what one may call them', () => {
  const found = (word: string) => usablesNamed(word).map(({ name }) => name);
  assert.equal(found('clone'), ['lab.clone']);
  assert.equal(found('setresuid'), ['setUser']);
  assert.equal(found('umount2'), ['umount']);
  assert.equal(found('mount(source, target)'), ['mount']);
  assert.equal(found('...waitFor'), ['waitFor']);
  assert.equal(found('MNT.MNT_DETACH'), ['umount']);
  assert.ok(found('CLONE_NEWUTS').includes('lab.clone'));
  assert.equal(found('nothing'), []);
});

test('what is not there is refused in one line that names what is near', () => {
  const { status, stdout, stderr } = lab(['calls', 'chrot']);
  assert.equal([status, stdout], [2, '']);
  assert.is(stderr, 'There is no call or helper chrot. Near it: chroot. All of them: npm run calls\n');
  assert.equal(nearest('CLONE_NEWUTSS', Object.keys(CLONE))[0], 'CLONE_NEWUTS');
  assert.equal(nearest('x', ['mount']), []);
});

test('no line of the table is longer than the terminal is wide, and none is broken within a word', () => {
  const lines = callsText({ width: 80, style: styleFor(0), hints: false }).split('\n');
  for (const line of lines) assert.ok(stringWidth(line) <= 80, line);
  for (const { name } of all)
    assert.ok(
      lines.some((line) => line.includes(name)),
      name,
    );
});

test(`${CALLS_PAGE} is the table as it is now`, () => {
  assert.is(read(join(top, CALLS_PAGE)), callsPage(), `It is not: ./lab calls --markdown > ${CALLS_PAGE}`);
  for (const [, link = ''] of callsPage().matchAll(/\]\((\.\.[^)]*)\)/g))
    assert.ok(existsSync(join(top, dirname(CALLS_PAGE), link)), link);
});

test.run();
