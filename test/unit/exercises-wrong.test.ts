/** Wrong solutions: each can be made from the solution as it is, is sound TypeScript, and mistakes in a row are named. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry, top } from '../../src/catalogue/exercises.ts';
import { wrongPrograms } from '../../src/catalogue/wrong-solutions.ts';
import { lacks } from '../../src/grading/proof.ts';

const test = suite('wrong solutions');
let directory = '';
test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), 'wrong-'));
});
test.after.each(() => rmSync(directory, { recursive: true }));

/** A made-up exercise with these rows, and the files of a real one. */
async function exerciseWith(rows: string): Promise<Entry> {
  const [real] = await catalogue();
  if (!real) throw new Error('There are no exercises.');
  for (const name of ['task.md', 'after.md', 'starter.ts']) cpSync(join(real.directory, name), join(directory, name));
  writeFileSync(join(directory, 'solution.ts'), 'const a = first;\nconst b = second;\nuse(a, b, first.b);\n');
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(directory, 'wrong.ts'), `export const wrong = [${rows}];\n`);
  return { ...real, directory };
}

test('every change of every exercise is found in its solution, exactly once', async () => {
  for (const entry of await catalogue()) {
    const { programs, problems } = await wrongPrograms(entry);
    assert.equal(problems, [], entry.id);
    assert.ok(programs.length > 0, entry.id);
  }
});

const TSC = join(top, 'node_modules/.bin/tsc');
const TYPES = 'all of them are TypeScript without a type error, as they would be as files';

/** The compiler is a program of one architecture: an emulated machine may have none that runs. */
const compiles = spawnSync(TSC, ['--version']).status === 0;
if (!compiles) console.log(`skipped: ${TYPES}: needs a TypeScript compiler of this architecture`);

(compiles ? test : test.skip)(TYPES, async () => {
  const programs = (await catalogue()).map(async (entry) => ({ entry, ...(await wrongPrograms(entry)) }));
  // As if it were the kit: `#src/` is found by the package.json above a file.
  for (const name of ['src', 'node_modules', 'package.json', 'tsconfig.json', 'rootfs-builder', 'native'])
    symlinkSync(join(top, name), join(directory, name));
  for (const { entry, programs: ofEntry } of await Promise.all(programs)) {
    mkdirSync(join(directory, 'exercises', entry.stem, 'wrong'), { recursive: true });
    for (const { name, text } of ofEntry) writeFileSync(join(directory, 'exercises', entry.stem, name), text);
  }
  cpSync(join(top, 'exercises/tsconfig.json'), join(directory, 'exercises/tsconfig.json'));
  const check = () =>
    spawnSync(TSC, ['-p', 'exercises', '--pretty', 'false'], {
      cwd: directory,
      encoding: 'utf8',
    });
  const { status, stdout } = check();
  assert.equal([status, stdout], [0, '']);
  writeFileSync(
    join(directory, 'exercises/other.ts'),
    "import type { Lab } from '#src/lab/lab.ts';\nlet lab: Lab = 1;\n",
  );
  assert.match(check().stdout, /^exercises\/other\.ts\(2,.*not assignable to type 'Lab'/m);
});

test('all changes of a row are made, each of the solution and not of another change', async () => {
  const entry = await exerciseWith(`
    { name: 'one', fails: 'x', change: ['second', 'first'] },
    { name: 'both', fails: 'y', changes: [['= second', '= first'], ['= first', '= second']] },
  `);
  mkdirSync(join(directory, 'wrong'));
  writeFileSync(join(directory, 'wrong/another.ts'), '// Fails: z\nother();\n');
  assert.equal(await wrongPrograms(entry), {
    programs: [
      { name: 'wrong/another.ts', text: '// Fails: z\nother();\n', fails: 'z' },
      { name: 'wrong/both.ts', text: 'const a = second;\nconst b = first;\nuse(a, b, first.b);\n', fails: 'y' },
      { name: 'wrong/one.ts', text: 'const a = first;\nconst b = first;\nuse(a, b, first.b);\n', fails: 'x' },
    ],
    problems: [],
  });
  assert.equal(await lacks(entry), []);
});

test('a change that is not found exactly once is named, and what to do', async () => {
  const entry = await exerciseWith(`
    { name: 'gone', fails: 'x', change: ['third', 'first'] },
    { name: 'often', fails: 'x', changes: [['second', 'first'], ['first', 'second']] },
    { name: 'empty', fails: 'x', change: ['', 'x'] },
    { name: 'mute', fails: ' ', change: ['second', 'x'] },
    { name: 'over', fails: 'x', changes: [['a = first', 'x'], ['first;', 'y']] },
    { name: 'twin', fails: 'x', change: ['second', 'x'] },
  `);
  mkdirSync(join(directory, 'wrong'));
  writeFileSync(join(directory, 'wrong/twin.ts'), 'other();\n');
  const told = 'name a piece that is there exactly once';
  assert.equal(await lacks(entry), [
    `wrong.ts: "gone" changes "third", which is not in solution.ts: ${told}`,
    `wrong.ts: "often" changes "first", which is in solution.ts 2 times: ${told}`,
    `wrong.ts: "empty" changes "", which is not in solution.ts: ${told}`,
    'wrong.ts: "mute" does not say the message that it must get: give it one as fails',
    'wrong.ts: "over" changes "first;" twice: make the two changes one',
    'wrong/twin.ts does not begin with // Fails: and its message',
    'wrong/twin.ts is there twice: give one another name',
  ]);
});

test.run();
