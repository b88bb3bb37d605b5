/** What the check says of a page: its form, and its links. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pages, readLibrary } from '../../src/catalogue/lessons.ts';
import { checkPage } from '../../src/lessons/check/check.ts';
import { checkForm } from '../../src/lessons/check/form.ts';
import { checkLinks } from '../../src/lessons/check/links.ts';
import { headings, slugOf } from '../../src/markdown/headings.ts';
import { parse } from '../../src/markdown/parse.ts';
import { fixtureTop, pageWith } from '../support/lessons.ts';

const test = suite('the form of lessons');

const form = (body: string) =>
  checkForm(pageWith(`# Title\n\n${body}`)).map(({ line, message }) => `${line}: ${message}`);
const links = (body: string) => checkLinks(pageWith(`# Title\n\n${body}`), fixtureTop).map(({ message }) => message);

test('the sample has nothing to complain about but its raw HTML', () => {
  const findings = pages(readLibrary(fixtureTop)).flatMap((page) => checkPage(page, fixtureTop));
  assert.equal(
    findings.map(({ path, line, message }) => `${path}:${line}: ${message}`),
    ['lessons/05-other.md:3: Raw HTML is off in the lessons.'],
  );
});

test('no command hides in a fence that nobody runs', () => {
  assert.match(form('```bash\nls\n```')[0] ?? '', /^3: A fence of bash is checked by nobody/);
  assert.match(form('```\nls\n```')[0] ?? '', /no language/);
  assert.match(form('```sh\nls\n```')[0] ?? '', /Name the source/);
  assert.match(form('text\n\n    ls\n')[0] ?? '', /^5: .*indented block/);
  assert.match(form('```console no-run\n$ ls\n```')[0] ?? '', /no-run is no need/);
  assert.match(form('```text file=src/a.ts\n```')[0] ?? '', /file= is for/);
  assert.equal(form('```text\n$ ls\n```'), []);
});

test('a picture has its drawing, narrow enough for a terminal', () => {
  assert.match(form('![p](pictures/p.svg)\n\nText')[0] ?? '', /^3: .*same picture/);
  assert.equal(form('![p](pictures/p.svg)\n\n```text\na -> b\n```'), []);
  assert.match(form(`![p](pictures/p.svg)\n\n\`\`\`text\n${'-'.repeat(77)}\n\`\`\``)[0] ?? '', /^5: .*wider than 76/);
});

test('a picture has the style of all pictures, and its file is there', () => {
  const found = (name: string) => checkPage(pageWith(`# T\n\n![p](${name})\n\n\`\`\`text\na\n\`\`\`\n`), fixtureTop);
  assert.equal(found('pictures/04-sample.svg'), []);
  assert.match(found('pictures/05-plain.svg')[0]?.message ?? '', /npm run lessons:sync/);
  assert.match(found('pictures/06-none.svg')[0]?.message ?? '', /there is no/);
});

test('the title of a box stands alone', () => {
  assert.match(form('> [!TIP]\n> **Aside: more**\n> Text.')[0] ?? '', /^3: .*stands alone/);
  assert.equal(form('> [!TIP]\n> **Aside: more**\n>\n> Text.'), []);
  assert.equal(form('> [!NOTE]\n> **Bold** and more.'), []);
});

test('a line to type is never broken on a terminal of 80 columns', () => {
  const long = `echo ${'x'.repeat(80)}`;
  assert.match(form(`\`\`\`console\n$ ${long}\n\`\`\``)[0] ?? '', /^4: .*at most 76/);
  assert.equal(form(`\`\`\`console\n$ echo \\\n>   two\n${long}\n\`\`\``), []);
});

test('raw HTML and comments are refused, in code they are code', () => {
  assert.match(form('a <b>bold</b> word')[0] ?? '', /Raw HTML/);
  assert.match(form('<!-- hidden -->')[0] ?? '', /Raw HTML/);
  assert.equal(form('`<b>`\n\n```text\n<b>\n```'), []);
});

test('there is one title, in the first line', () => {
  assert.match(checkForm(pageWith('Text\n'))[0]?.message ?? '', /title/);
  assert.match(form('# Another')[0] ?? '', /title/);
});

test('what is wrong in a transcript is said with its line', () => {
  assert.match(form('```console\nout\n```')[0] ?? '', /^4: A console block begins with a command/);
  assert.match(form('```console\n$ ls\ncontainer# ls\n```')[0] ?? '', /^5: No container runs here/);
  assert.match(form('```console\n$ ls\n⟨nonsense⟩\n```')[0] ?? '', /^5: There is no placeholder ⟨nonsense⟩/);
  assert.match(form('```console user root\nuser$ ls\n```')[0] ?? '', /root and user at once/);
  assert.match(form('```console user\n$ ls\n```')[0] ?? '', /^4: The prompt of this block is user\$/);
  assert.match(form('```console\nuser$ ls\n```')[0] ?? '', /^4: The prompt of this block is \$/);
});

test('anchors follow the rule of GitHub', () => {
  assert.is(slugOf('What `ps` says: a lie (mostly)'), 'what-ps-says-a-lie-mostly');
  assert.is(slugOf('/proc/PID/ns & uid_map — how?'), 'procpidns--uid_map--how');
  assert.is(slugOf('Größe 2.6'), 'größe-26');
  assert.equal(
    headings(parse('# A `b` c\n\n## Run\n\n## Run\n\n## Run-1\n')).map(({ slug }) => slug),
    ['a-b-c', 'run', 'run-1', 'run-1-1'],
  );
});

test('links lead to files and headings that are there', () => {
  const good =
    '[a](05-other.md) [b](05-other.md#the-end) [c](#title) [d](../src/steps/04-sample.ts) [e](https://man7.org/x)';
  assert.equal(links(good), []);
  assert.match(links('[a](06-none.md)')[0] ?? '', /no lessons\/06-none\.md/);
  assert.match(links('[a](05-other.md#nowhere)')[0] ?? '', /no heading for #nowhere.*#the-end/);
  assert.match(links('[a](#nowhere)')[0] ?? '', /no heading/);
  assert.match(links('[a](../src/steps/04-sample.ts#L3)')[0] ?? '', /lines move/);
  assert.match(links('[a](../../README.md)')[0] ?? '', /out of the repository/);
  assert.match(links('[a](ftp://example.org)')[0] ?? '', /only http/);
  assert.match(links('![a](none.png)')[0] ?? '', /no lessons\/none\.png/);
});

test('the place of a link is that of its line', () => {
  const [finding] = checkLinks(pageWith('# Title\n\none\ntwo [a](none.md)\n'), fixtureTop);
  assert.is(finding?.line, 4);
});

test.run();
