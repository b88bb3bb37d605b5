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
/** What differs with the version of cgroups has a file of its own: it is run in a machine with the other one, too. */
const IN_TWO = ['07-cgroups'];

test('every page with a console block has a test file that names it', () => {
  const stems = pages(readLibrary())
    .filter(({ text }) => fences(parse(text)).some(({ language }) => language === 'console'))
    .map(({ stem }) => stem);
  const files = stems.flatMap((stem) => (IN_TWO.includes(stem) ? [stem, `${stem}-versions`] : [stem]));
  assert.equal(readdirSync(folder).sort(), files.map((file) => `${file}.test.ts`).sort());
  const says = (file: string, call: string) =>
    assert.match(readFileSync(join(folder, `${file}.test.ts`), 'utf8'), `\n${call};`);
  for (const stem of stems) {
    says(stem, IN_TWO.includes(stem) ? `testLesson('${stem}', 'others')` : `testLesson('${stem}')`);
    if (IN_TWO.includes(stem)) says(`${stem}-versions`, `testLesson('${stem}', 'versions')`);
  }
});

test.run();
