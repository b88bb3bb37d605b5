/** Which parts of a lesson become slides, and how they are cut. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lesson } from '../../src/catalogue/lessons.ts';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { parse, plainText } from '../../src/markdown/parse.ts';
import { fill, slidesOf } from '../../src/workshop/slides/flow.ts';
import { marked } from '../../src/workshop/slides/marked.ts';
import { type Piece, piecesOf, ROOM } from '../../src/workshop/slides/pieces.ts';
import { type Block, topicsOf } from '../../src/workshop/slides/select.ts';

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
  const children = marked(inline?.children ?? []);
  assert.is(children.filter(({ nesting }) => nesting > 0).length, children.filter(({ nesting }) => nesting < 0).length);
  return plainText({ children } as unknown as typeof inline);
}

const textOf = (block: Block) =>
  block.kind === 'prose'
    ? `${block.bullet ? `${block.bullet} ` : ''}${plainText({ children: block.inline } as never)}`
    : block.kind === 'fence'
      ? block.fence.content
      : block.kind;

test('a slide says what is bold in a paragraph, and nothing of one without', () => {
  assert.is(cut('One. **Two comes of `clone`.** Three. **Four.**').trim(), 'Two comes of clone. Four.');
  assert.is(cut('*Why?* It is gone. **All of it.** Really.'), 'Why? All of it.');
  assert.is(cut('**The question: where?** With it.'), 'The question: where?');
  assert.is(cut('**It is *here*, in [clone](x.md).** Next.'), 'It is here, in clone.');
  assert.is(cut('*Why?* Nothing.'), '');
});

test('the title asks the question, and the rest of the opening follows', () => {
  const [title, see] = topicsOf(
    lesson(`**How?** So.\n\nNo.\n\n**Try it.**\n\n${FENCE}console\n$ true\n${FENCE}\n\n> [!NOTE]\n> **A box.**\n`),
  );
  assert.equal([title?.heading, title?.isTitle, title?.blocks.map(textOf)], ['A sample', true, ['How?']]);
  assert.equal([see?.heading, see?.blocks.map(textOf)], ['See for yourself', ['Try it.', '$ true\n']]);
});

test('an experiment is asked before it is answered', () => {
  const text = `**Why?**\n\n## Experiments\n\n### Two\n\n*What do you expect?* One. Two. Three.\n\n${FENCE}console\n$ cat <<E\n> x\n> E\nx\n> not typed\n${FENCE}\n\n*Why?* As it is so. **So it has to be.** Much more.\n`;
  const [, asked, told] = topicsOf(lesson(text));
  assert.is(asked?.over, 'Experiment: what do you expect?');
  assert.equal(asked?.blocks.map(textOf), ['What do you expect? One. Two. Three.', '$ cat <<E\n> x\n> E\n']);
  assert.is(told?.over, 'Experiment: what happens');
  assert.equal(told?.blocks.map(textOf), ['$ cat <<E\n> x\n> E\nx\n> not typed\n', 'Why? So it has to be.']);
});

test('questions come without answers, and what is for reading at home stays there', () => {
  const text = `**Why?**\n\n## How others do it\n\nNo.\n\n## Check your understanding\n\nPredict.\n\n1. One?\n\n> [!TIP]\n> Yes.\n\n2. Two?\n\n## Exercise\n\nNo.\n\n## Manual pages\n\n- No.\n`;
  const topics = topicsOf(lesson(text));
  assert.equal(
    topics.map(({ heading }) => heading),
    ['A sample', 'Check your understanding', 'Now you'],
  );
  assert.equal(topics[1]?.blocks.map(textOf), ['1. One?', '2. Two?']);
});

test('what is not marked is left out, and of a picture its drawing', () => {
  const text = `**Why?**\n\n## The idea\n\nAn aside.\n\n- no\n\n![p](pictures/00-clone.svg)\n\n${FENCE}text\ndrawn\n${FENCE}\n\n| a | b |\n| - | - |\n| c | d |\n`;
  assert.equal(
    topicsOf(lesson(text))[1]?.blocks.map(({ kind }) => kind),
    ['picture', 'table'],
  );
});

test('links are gone', () => {
  const [{ blocks = [] } = {}] = topicsOf(lesson('**See [that](../x.md).**\n'));
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

test('each slide of each lesson says something of its own: words, a picture, a table, code or a transcript', () => {
  for (const each of readLibrary().lessons) {
    for (const { heading, blocks } of topicsOf(each)) assert.ok(blocks.length > 0, `${each.stem}: ${heading}`);
    const opening = topicsOf(each)[0];
    assert.match(opening?.blocks.map(textOf).join(' ') ?? '', /^The questions?: .*\?/, each.stem);
  }
});

test('what a slide says is whole sentences', () => {
  for (const each of readLibrary().lessons) {
    for (const { heading, blocks } of topicsOf(each)) {
      for (const block of blocks.filter(({ kind }) => kind === 'prose')) {
        const text = textOf(block)
          .replace(/^(?:•|\d+\.) |Why\? |Now right: /g, '')
          .trim();
        assert.match(text, /[.?!:)]$/, `${each.stem}: ${heading}: ${text}`);
        assert.ok(text.split(/\s+/).length > 2, `${each.stem}: ${heading}: ${text}`);
      }
    }
  }
});

/** Paragraphs and items of lists, without quotes, tables and code. */
function passages({ text }: Lesson): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return prose.split(/\n\s*\n|\n(?=[-*] )/).filter((passage) => !/^\s*[|>#]/.test(passage));
}

test('on a slide, what is marked stands alone: each piece ends a sentence, or a colon announces what follows', () => {
  for (const each of readLibrary().lessons) {
    for (const passage of passages(each)) {
      const pieces = [...passage.matchAll(/\*\*(.+?)\*\*/gs)].map(([, piece = '']) => piece);
      for (const piece of pieces.slice(0, -1)) assert.match(piece, /[.?!]$/, `${each.stem}: ${piece}`);
      const last = pieces.at(-1);
      if (last?.endsWith(':')) assert.ok(passage.trimEnd().endsWith(`${last}**`), `${each.stem}: ${last}`);
    }
  }
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
