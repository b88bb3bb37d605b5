/** Which parts of a lesson become slides, and how they are cut. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lesson } from '../../src/catalogue/lessons.ts';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { parse, plainText } from '../../src/markdown/parse.ts';
import { fill, slidesOf } from '../../src/workshop/slides/flow.ts';
import { type Piece, piecesOf, ROOM } from '../../src/workshop/slides/pieces.ts';
import { type Block, topicsOf } from '../../src/workshop/slides/select.ts';
import { beginning } from '../../src/workshop/slides/sentence.ts';

const test = suite('slides');

const FENCE = '```';
const lesson = (text: string): Lesson => ({
  path: 'lessons/04-sample.md',
  stem: '04-sample',
  number: 4,
  id: 'sample',
  title: 'A sample',
  text: `# A sample\n\n${text}`,
});

function cut(text: string): string {
  const inline = parse(text)[1];
  const children = beginning(inline?.children ?? [], 9);
  assert.is(children.filter(({ nesting }) => nesting > 0).length, children.filter(({ nesting }) => nesting < 0).length);
  return plainText({ children } as unknown as typeof inline);
}

const textOf = (block: Block) =>
  block.kind === 'prose'
    ? `${block.bullet ? `${block.bullet} ` : ''}${plainText({ children: block.inline } as never)}`
    : block.kind === 'fence'
      ? block.fence.content
      : block.kind;

test('a beginning is the first sentence, or the first few if they are short', () => {
  assert.is(
    cut('One process calls clone, and two come back from it. The parent'),
    'One process calls clone, and two come back from it.',
  );
  assert.is(
    cut('*Why?* It is gone. One, two, three, four, five, six. Seven.'),
    'Why? It is gone. One, two, three, four, five, six.',
  );
  assert.is(
    cut('**The question: where does any container begin, and why?** With a process.'),
    'The question: where does any container begin, and why?',
  );
  assert.is(
    cut('Its engine is Node.js, which is on version 20.1 at `a. b` now, you see. Next.'),
    'Its engine is Node.js, which is on version 20.1 at a. b now, you see.',
  );
  assert.is(cut('No end'), 'No end');
});

test('the title asks the question, and the rest of the opening follows', () => {
  const [title, see] = topicsOf(
    lesson(`How? **So.** And so on.\n\nTry it.\n\n${FENCE}console\n$ true\n${FENCE}\n\n> [!NOTE]\n> A box.\n`),
  );
  assert.equal(
    [title?.heading, title?.isTitle, title?.blocks.map(textOf)],
    ['A sample', true, ['How? So. And so on.']],
  );
  assert.equal([see?.heading, see?.blocks.map(textOf)], ['See for yourself', ['Try it.', '$ true\n']]);
});

test('an experiment is asked before it is answered', () => {
  const text = `Why?\n\n## Experiments\n\n### Two\n\n*What do you expect?* One. Two. Three.\n\n${FENCE}console\n$ cat <<E\n> x\n> E\nx\n> not typed\n${FENCE}\n\n*Why?* As it is so, and so it has to be. And more is told of it here than elsewhere, you see. Much more.\n`;
  const [, asked, told] = topicsOf(lesson(text));
  assert.is(asked?.over, 'Experiment: what do you expect?');
  assert.equal(asked?.blocks.map(textOf), ['What do you expect? One. Two. Three.', '$ cat <<E\n> x\n> E\n']);
  assert.is(told?.over, 'Experiment: what happens');
  assert.equal(told?.blocks.map(textOf), [
    '$ cat <<E\n> x\n> E\nx\n> not typed\n',
    'Why? As it is so, and so it has to be. And more is told of it here than elsewhere, you see.',
  ]);
});

test('questions come without answers, and what is for reading at home stays there', () => {
  const text = `Why?\n\n## How others do it\n\nNo.\n\n## Check your understanding\n\nPredict.\n\n1. One?\n\n> [!TIP]\n> Yes.\n\n2. Two?\n\n## Exercise\n\nNo.\n\n## Manual pages\n\n- No.\n`;
  const topics = topicsOf(lesson(text));
  assert.equal(
    topics.map(({ heading }) => heading),
    ['A sample', 'Check your understanding', 'Now you'],
  );
  assert.equal(topics[1]?.blocks.map(textOf), ['1. One?', '2. Two?']);
});

test('asides are left out, and of a diagram its drawing', () => {
  const text = `Why?\n\n## The idea\n\n(An aside.)\n\n${FENCE}mermaid\nflowchart\n${FENCE}\n\n${FENCE}text\ndrawn\n${FENCE}\n\n| a | b |\n| - | - |\n| c | d |\n`;
  assert.equal(
    topicsOf(lesson(text))[1]?.blocks.map(({ kind }) => kind),
    ['diagram', 'table'],
  );
});

test('links are gone', () => {
  const [{ blocks = [] } = {}] = topicsOf(lesson('See [that](../x.md).\n'));
  assert.is(piecesOf(blocks)[0]?.html, '<p>See that.</p>\n');
});

const piece = (name: string, height: number, leads = false): Piece => ({ html: name, height, leads });
const names = (slides: readonly Piece[][]) => slides.map((pieces) => pieces.map(({ html }) => html).join(' '));

test('slides are filled, and what leads to something stays with it', () => {
  assert.equal(names(fill([piece('a', 300), piece('b', 200), piece('c', 100)])), ['a b', 'c']);
  assert.equal(names(fill([piece('a', 300), piece('b', 100, true), piece('c', 300)])), ['a', 'b c']);
  assert.equal(names(fill([piece('a', 300, true), piece('b', 300)])), ['a', 'b']);
  assert.equal(names(fill([piece('a', ROOM + 1), piece('b', 1)])), ['a', 'b']);
});

test('code that is longer than a slide is cut at a blank line, and never leaves less than four lines', () => {
  const cutInto = (lines: string[]) => {
    const content = `${lines.join('\n')}\n`;
    const fence = { language: 'ts', words: [], content, line: 1, endLine: 1 };
    return fill(piecesOf([{ kind: 'fence', fence }])).map(([{ html = '' } = {}]) => html.match(/ln\d+/g)?.length);
  };
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `ln${at}`);
  assert.equal(cutInto(lines(15)), [15]);
  assert.equal(cutInto(lines(20)), [16, 4]);
  assert.equal(cutInto([...lines(12), '', ...lines(12)]), [12, 12]);
});

test('by the sums, no slide of any lesson is too high', () => {
  for (const each of readLibrary().lessons) {
    const slides = slidesOf(topicsOf(each));
    assert.ok(slides.length > 10, each.stem);
    for (const { heading, pieces } of slides) {
      const height = pieces.reduce((sum, { height: own }) => sum + own, 0);
      assert.ok(height <= ROOM, `${each.stem}: ${heading}: ${height}`);
    }
  }
});

test.run();
