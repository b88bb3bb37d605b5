/** What is defined of each system call: complete, and in step with the table of native/calls.c. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '../../src/executor/encode.ts';
import { requestText } from '../../src/executor/text.ts';
import { definitions } from '../../src/syscalls/call.ts';
import { errnoNumber } from '../../src/syscalls/errno.ts';
import { read, top } from '../support/lab.ts';

for (const name of readdirSync(join(top, 'src/syscalls'))) await import(`../../src/syscalls/${name}`);

const table = [...read(join(top, 'native/calls.c')).matchAll(/^\tCALL\((\w+)\)/gm)].map(([, name = '']) => name);

test('every call of the table has a definition, every definition is in the table, and the table is sorted', () => {
  assert.equal([...new Set(definitions.map(({ name }) => name))].sort(), [...table].sort());
  assert.equal(
    table,
    [...table].sort((a, b) => (a.replaceAll('_', '') < b.replaceAll('_', '') ? -1 : 1)),
  );
});

test('a definition names its manual page, and says in one sentence or two what it is for', () => {
  for (const { name, source, purpose, advice = {} } of definitions) {
    assert.match(source, /^\w+\([237]\)$|\.rst$/, name);
    assert.match(purpose, /^[A-Z].*\.$/s, name);
    for (const [errno, text] of Object.entries(advice)) {
      assert.ok(errnoNumber(errno as 'EPERM') > 0, `${name}: ${errno}`);
      assert.match(text, /\.$/, `${name}: ${errno}`);
    }
  }
});

test('what is said of arguments is said of arguments that there are', () => {
  for (const { name, show, path, waits, descriptors = [] } of definitions) {
    for (const position of [path ?? 0, waits ?? 0, ...descriptors]) {
      assert.ok(position === 0 || position < show.length, `${name}: argument ${position}`);
    }
    if (waits !== undefined) assert.ok(descriptors.includes(waits), `${name} waits on a descriptor`);
  }
});

test('examples can be packed and printed', () => {
  for (const { name, show, examples } of definitions) {
    for (const call of examples?.() ?? []) {
      assert.is(call.info.name, name);
      assert.ok(call.args.length <= show.length, name);
      assert.match(requestText(call), `${name}(`);
      encode([call]);
    }
  }
});

test.run();
