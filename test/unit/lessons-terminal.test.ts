/** Lessons in the terminal. */
import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { colourLevel } from '../../src/command-line/colour.ts';
import { termsOf } from '../../src/markdown/glossary.ts';
import { render } from '../../src/markdown/terminal/render.ts';
import { styleFor } from '../../src/markdown/terminal/style.ts';
import { fixtureTop, pageWith } from '../support/lessons.ts';

const test = suite('lessons in the terminal');

const shown = (text: string, { width = 80, level = 0 as 0 | 1, hints = false } = {}) =>
  render(pageWith(text), { width, style: styleFor(level), hints });

test('nothing is wider than the terminal, at 60, 80 and 120 columns', () => {
  const sample = readLibrary(fixtureTop).lessons[0];
  assert.ok(sample);
  for (const width of [60, 80, 120]) {
    for (const level of [0, 1] as const) {
      const lines = render(sample, { width, style: styleFor(level), hints: true }).split('\n');
      assert.equal(
        lines.filter((line) => stringWidth(line) > width),
        [],
      );
      assert.ok(
        lines.some((line) => stringWidth(line) > width - 10),
        'the width is used',
      );
    }
  }
});

test('wrapping counts columns, not characters', () => {
  const lines = shown('漢字漢字 漢字漢字 漢字漢字', { width: 20 }).trimEnd().split('\n');
  assert.equal(lines, ['漢字漢字 漢字漢字', '漢字漢字']);
});

test('without colours there are no escape codes, with colours there are', () => {
  assert.not(shown('# T\n\n**b** `c`\n\n```console\n$ ls\n```\n').includes('\x1b'));
  assert.ok(shown('**b**', { level: 1 }).startsWith('\x1b[1m'));
  assert.is(colourLevel(1, { NO_COLOR: '1' }), 0);
});

test('of a picture the drawing is shown', () => {
  assert.is(shown('![a to b](pictures/p.svg)\n\n```text\na -> b\n```\n'), '  a -> b\n');
});

test('what a console block needs is said above it', () => {
  assert.is(
    shown('```console user\nuser$ id\n```\n'),
    '  as an ordinary user, in a terminal of its own\n  user$ `id`\n'.replaceAll('`', ''),
  );
});

test('a command of two lines can be copied: no prompt stands before the second', () => {
  assert.is(shown('```console\n$ echo \\\n>   on > x\n> y\n```\n'), '  $ echo \\\n      on > x\n    y\n');
});

test('a block for another kind of machine is folded until the reader asks for it', () => {
  const view = { width: 80, style: styleFor(0), elsewhere: ['v1'] };
  const block = pageWith('```console v1\n$ one\n```\n\n```console v2\n$ two\n```\n');
  const folded = render(block, { ...view, hints: false });
  assert.match(folded, /^▸ With cgroup v1, which this machine does not have\n.*--hints/);
  assert.not.match(folded, /\$ one/);
  assert.match(folded, /cgroup v2\n {2}\$ two/);
  assert.match(render(block, { ...view, hints: true }), /\$ one[\s\S]*\$ two/);
});

test('the first use of a word that the glossary has is marked; what is explained or linked is not', () => {
  const terms = termsOf({ text: '# Glossary\n\n## Zombie\n\nDead.\n\n## Descriptor\n\n(Also: fd.) A number.\n' });
  const marked = (text: string) => render(pageWith(text), { width: 80, style: styleFor(0), hints: false, terms });
  assert.match(marked('A zombie, and two zombies.'), /^A zombie°, and two zombies\.\n\n° .*glossary\n$/);
  assert.match(marked('Its fds are open.'), /^Its fds° are open\./);
  assert.is(marked('A *zombie* is dead. A zombie stays.'), 'A zombie is dead. A zombie stays.\n');
  assert.is(marked('## Zombies\n\nA `zombie`.'), 'Zombies\n\nA `zombie`.\n');
});

test('indented code is shown as fenced code is', () => {
  assert.is(shown('Type\n\n    ps ax | wc -l\n    exit\n\nand go.\n'), 'Type\n\n  ps ax | wc -l\n  exit\n\nand go.\n');
});

test('a hint is folded until the reader asks for it; a warning never is', () => {
  const hint = '> [!TIP]\n> **Why?**\n>\n> Because.\n';
  assert.match(shown(hint), /^▸ Why\?\n.*--hints/);
  assert.not.match(shown(hint), /Because/);
  assert.is(shown(hint, { hints: true }), '▾ Why?\n│ Because.\n');
  assert.match(shown('> [!TIP]\n> Look below.\n'), /^▸ Hint\n/);
  assert.is(shown('> [!WARNING]\n> Hot.\n'), '▾ Warning\n│ Hot.\n');
  assert.is(shown('> Plain.\n'), '│ Plain.\n');
});

test('links say what to type or where to look', () => {
  assert.is(shown('[x](05-user.md)'), 'x (npm run lesson 5)\n');
  assert.is(shown('[x](../src/steps/04-mount.ts)'), 'x (src/steps/04-mount.ts)\n');
  assert.is(shown('[x](https://man7.org/)'), 'x (https://man7.org/)\n');
  assert.is(shown('[x](#run)'), 'x\n');
});

test('tables fit, cells are wrapped, numbers stand right', () => {
  assert.is(shown('| a | n |\n| --- | ---: |\n| one | 5 |\n| two | 10 |\n'), 'a     n\n───  ──\none   5\ntwo  10\n');
});

test('lists have bullets and numbers, and keep their indentation', () => {
  assert.is(shown('- one two\n- three\n', { width: 8 }), '• one\n  two\n• three\n');
  assert.is(shown('3. one\n4. two\n   - inner\n'), '3. one\n4. two\n   • inner\n');
});

test('raw HTML is text', () => {
  assert.is(shown('a <b>c</b>'), 'a <b>c</b>\n');
});

test('long lines of code go on in the next line, behind a mark: nothing is lost', () => {
  const block = (code: string) => shown(`\`\`\`text\n${code}\n\`\`\``, { width: 20 });
  const code = 'x'.repeat(50);
  assert.is(block(code).replace(/[\s↪]/g, ''), code);
  assert.is(block('mount --make-private --bind'), '  mount \n  ↪ --make-private \n  ↪ --bind\n');
});

test.run();
