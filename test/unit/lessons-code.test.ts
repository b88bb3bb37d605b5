/** Regions of code, and the fences that show them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLibrary } from '../../src/catalogue/lessons.ts';
import { checkCode, checkUnused } from '../../src/lessons/check/code.ts';
import { findRegions } from '../../src/lessons/shown-code.ts';
import { sync } from '../../src/lessons/sync.ts';
import { fixtureTop, pageWith as page } from '../support/lessons.ts';

const test = suite('code in lessons');

const problems = (source: string) =>
  findRegions(source)
    .problems.map(({ line, message }) => `${line}: ${message}`)
    .join('\n');

test('a region is shifted to the left margin; the markers of regions inside are left out', () => {
  const source = 'x\n  // #region a\n  one\n    // #region b\n    two\n    // #endregion b\n  // #endregion a\n';
  assert.equal(
    findRegions(source).regions.map(({ name, code }) => [name, code]),
    [
      ['b', 'two'],
      ['a', 'one\n  two'],
    ],
  );
});

test('markers stand in comments of TypeScript, C and shell', () => {
  const source = '# #region sh\nls\n# #endregion sh\n/* #region c */\nint x;\n/* #endregion c */\n';
  assert.equal(
    findRegions(source).regions.map(({ code }) => code),
    ['ls', 'int x;'],
  );
  assert.is(problems(source), '');
});

test('every way to get a region wrong is reported with its line', () => {
  assert.match(problems('// #region a\nx\n'), /^1: The region a has no end/);
  assert.match(problems('x\n// #endregion a\n'), /^2: #endregion a, but no #region a/);
  assert.match(problems('// #region a\n\n// #endregion a\n'), /^1: The region a is empty/);
  const twice = '// #region a\nx\n// #endregion a\n';
  assert.match(problems(twice + twice), /^4: There is a region a above already/);
  assert.match(problems('// #region a\n// #region a\nx\n// #endregion a\n'), /^2: There is a region a/);
  assert.match(problems('// #region\nx\n'), /^1: A region marker needs a name/);
});

test('sync fills fences and leaves everything else alone', () => {
  const before =
    'One\n\n```ts file=src/steps/04-sample.ts#greet\nold\n```\n\n- item\n\n  ```ts file=src/steps/04-sample.ts#greet\n  ```\n\n```text\nkeep\n```\n';
  const after = sync(before, fixtureTop);
  assert.match(after, /```ts file=src\/steps\/04-sample\.ts#greet\n\/\*\* Says hello/);
  assert.match(after, / {2}\/\*\* Says hello\. \*\/\n {2}export function/);
  assert.match(after, /```text\nkeep\n```\n$/);
  assert.is(sync(after, fixtureTop), after);
  assert.equal(checkCode(page(after), fixtureTop), []);
});

test('code that differs is reported with the command that mends it', () => {
  const [finding] = checkCode(page('# T\n\n```ts file=src/steps/04-sample.ts#greet\nold\n```\n'), fixtureTop);
  assert.is(finding?.line, 3);
  assert.match(finding?.message ?? '', /npm run lessons:sync/);
});

test('a missing file, a missing region and a path that leads out are reported, and sync keeps the text', () => {
  for (const source of [
    'src/nowhere.ts',
    'src/steps/04-sample.ts#nothing',
    '../lessons-kit/src/steps/04-sample.ts',
    '/etc/passwd',
  ]) {
    const text = `\`\`\`ts file=${source}\nkept\n\`\`\`\n`;
    assert.is(checkCode(page(text), fixtureTop).length, 1, source);
    assert.is(sync(text, fixtureTop), text);
  }
});

test('a region that no lesson shows is reported where it begins', () => {
  const library = readLibrary(fixtureTop);
  assert.equal(checkUnused(library), []);
  const [finding] = checkUnused({ ...library, lessons: [] });
  assert.equal([finding?.path, finding?.line], ['src/steps/04-sample.ts', 1]);
  assert.match(finding?.message ?? '', /file=src\/steps\/04-sample\.ts#greet/);
});

test.run();
