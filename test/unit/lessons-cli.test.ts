/** `npm run lesson` and `npm run lessons`, as they are typed; and that the real lessons pass their check. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { checkLibrary } from '../../src/lessons/check/check.ts';
import { findingText } from '../../src/lessons/finding.ts';
import { lab } from '../support/lab.ts';

const test = suite('the lessons');
const env = { XDG_STATE_HOME: '/nonexistent', NO_COLOR: '1' };

test('code, links and form of every page are right, and no page is missing', () => {
  assert.equal(checkLibrary(readLibrary()).map(findingText), []);
});

test('a lesson that is not there is one line and status 2', () => {
  const { status, stdout, stderr } = lab(['lesson', '99'], { env });
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, /^There is no lesson 99\. Lessons: .*\n$/);
});

test('without a terminal a lesson is printed, and the menu is a list', () => {
  const { lessons } = readLibrary();
  const list = lab(['lesson'], { env });
  assert.is(list.status, 0);
  assert.is(list.stdout.trimEnd().split('\n').length, lessons.length);
  const printed = lab(['lesson', String(lessons[0]?.number)], { env });
  assert.equal([printed.status, printed.stderr], [0, '']);
  assert.ok(printed.stdout.startsWith(`Lesson ${lessons[0]?.number}: ${lessons[0]?.title}\n`));
});

test('a word of the glossary is marked where a lesson uses it first, and the glossary is a page to read', () => {
  const { stdout } = lab(['lesson', '0'], { env });
  assert.match(stdout, /\bzombie°/);
  assert.is(stdout.match(/\bzombies?°/g)?.length, 1);
  assert.match(stdout, /^° .*npm run lesson glossary$/m);
  const glossary = lab(['lesson', 'glossary'], { env });
  assert.equal([glossary.status, glossary.stderr], [0, '']);
  assert.match(glossary.stdout, /^Glossary\n[\s\S]*^Zombie\n/m);
});

test('of the transcripts for two cgroup versions, at most one is folded, and --hints unfolds it', () => {
  const shown = (words: string[]) => lab(['lesson', '7', ...words], { env }).stdout.match(/limit=.*/g)?.length;
  assert.is(shown(['--hints']), 2);
  assert.ok([1, 2].includes(shown([]) ?? 0));
});

test('what the commands do not know is refused', () => {
  for (const words of [
    ['lesson', '4', '5'],
    ['lesson', '--fold'],
    ['lessons', '--fast'],
    ['lessons', '--port', 'x'],
    ['lessons:sync', '4'],
  ]) {
    const { status, stderr } = lab(words, { env });
    assert.is(status, 2, words.join(' '));
    assert.is(stderr.trimEnd().split('\n').length, 1);
  }
  assert.is(lab(['lessons:check', '99', '--no-run'], { env }).status, 2);
});

test.run();
