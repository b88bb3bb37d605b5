/** Each lesson has a test file for its transcripts, and no page without one has any. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages, readLibrary } from '../../src/catalogue/lessons.ts';
import { fences } from '../../src/markdown/fences.ts';
import { parse } from '../../src/markdown/parse.ts';
import { top } from '../support/lab.ts';

const folder = join(top, 'test/kernel/lessons-transcripts');

test('every page with a console block has a test file that names it', () => {
  const stems = pages(readLibrary())
    .filter(({ text }) => fences(parse(text)).some(({ language }) => language === 'console'))
    .map(({ stem }) => stem);
  assert.equal(readdirSync(folder).sort(), stems.map((stem) => `${stem}.test.ts`).sort());
  for (const stem of stems)
    assert.match(readFileSync(join(folder, `${stem}.test.ts`), 'utf8'), `testLesson('${stem}')`);
});

test.run();
