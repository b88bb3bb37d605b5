/** The terminal reader's screens: none ends between a transcript and the line that leads to it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { type Part, render, renderParts } from '../../src/markdown/terminal/render.ts';
import { inScreens } from '../../src/markdown/terminal/screens.ts';
import { styleFor } from '../../src/markdown/terminal/style.ts';

const test = suite('screens');
const view = { width: 80, style: styleFor(0), hints: true };
const ROOM = 23;
const size = { rows: ROOM + 1, columns: 80 };

function screens(parts: readonly Part[]): string[][] {
  const lines = inScreens(parts, size).split('\n').slice(0, -1);
  return Array.from({ length: Math.ceil(lines.length / ROOM) }, (_, at) => lines.slice(at * ROOM, (at + 1) * ROOM));
}

const part = (kind: Part['kind'], count: number, word: string): Part => {
  return { kind, lines: Array.from({ length: count }, (_, at) => `${word}${at}`) };
};

test('a heading, the text below it and its transcript come on the next screen together', () => {
  const [first, second] = screens([
    part('text', 15, 'a'),
    part('heading', 1, 'h'),
    part('text', 2, 't'),
    part('block', 6, 'b'),
  ]);
  assert.equal(first, [...part('text', 15, 'a').lines, ...Array(8).fill('')]);
  assert.equal(second?.slice(0, 6), ['h0', '', 't0', 't1', '', 'b0']);
});

test('of a long text three lines stay with the transcript', () => {
  const [first, second] = screens([part('text', 20, 't'), part('block', 6, 'b')]);
  assert.equal(first?.slice(0, 18), [...part('text', 17, 't').lines, '']);
  assert.equal(second?.slice(0, 5), ['t17', 't18', 't19', '', 'b0']);
});

test('what is longer than a screen begins where it is, and is cut', () => {
  const [first, second] = screens([part('text', 5, 'a'), part('text', 1, 't'), part('block', 40, 'b')]);
  assert.is(first?.at(-1), 'b14');
  assert.is(second?.[0], 'b15');
});

test('a short page, and a small terminal, get no blank lines', () => {
  const short = [part('text', 5, 'a'), part('block', 5, 'b')];
  assert.is(inScreens(short, size).split('\n').length, 12);
  const long = [part('text', 50, 'a')];
  assert.is(inScreens(long, { rows: 8, columns: 80 }).split('\n').length, 51);
});

test('a line that the terminal breaks counts as two', () => {
  const wide = { kind: 'block', lines: Array(13).fill('x'.repeat(81)) } as const;
  assert.is(screens([wide, part('text', 1, 't')]).length, 2);
});

test('all lessons: every line is there, and what fits on a screen is on one', () => {
  for (const lesson of readLibrary().lessons) {
    const parts = renderParts(lesson, view);
    const words = (text: string) => text.split('\n').filter((line) => line !== '');
    assert.equal(words(inScreens(parts, size)), words(render(lesson, view)), lesson.stem);
    const whole = screens(parts).map((lines) => lines.join('\n'));
    for (const [at, { kind, lines }] of parts.entries()) {
      const lead = parts[at - 1]?.kind === 'text' ? (parts[at - 1]?.lines.slice(-1) ?? []) : [];
      const together = [...lead, ...(lead.length > 0 ? [''] : []), ...lines];
      const isLong = together.some((line) => line.length > 80) || together.length > 16;
      if (kind !== 'block' || isLong) continue;
      assert.ok(
        whole.some((text) => text.includes(together.join('\n'))),
        `${lesson.stem}: ${together[0]}`,
      );
    }
  }
});

test.run();
