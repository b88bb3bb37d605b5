/** What a submission is run with: a bundle of the kit that is as new as its sources; tsx where none can be kept. */
import { chmodSync, copyFileSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { KitCopy } from '../support/kit-copy.ts';
import { top } from '../support/lab.ts';
import { canRun, root } from '../support/needs.ts';

const test = suite('grade-bundle');
const needs = [root, canRun(5)];

/** A copy of the kit with the exercises, and the grading of a file there. */
class Class {
  readonly kit: KitCopy;
  readonly #work: string;

  constructor() {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    this.kit = new KitCopy(join(directory, 'kit'));
    cpSync(join(top, 'exercises'), this.kit.at('exercises'), { recursive: true });
    this.#work = join(directory, '1a.ts');
  }

  /** The verdict on a text; without one, on the solution. */
  readonly grade = (text?: string): { status: string; message: string } => {
    if (text === undefined) copyFileSync(join(top, 'exercises/1a-domain-name/solution.ts'), this.#work);
    else writeFileSync(this.#work, text);
    return JSON.parse(this.kit.run(['grade', '--json', this.#work]).stdout).items[0];
  };
}

/** What was changed a moment ago is not kept. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

kernelTest(test, needs, 'it is bundled once; what is changed or new in the kit counts at once', async () => {
  const { kit, grade } = new Class();
  await settle();
  assert.is(grade().status, 'passed');
  const bundle = kit.at('build/submission.bundle');
  const { ino } = statSync(bundle);
  assert.is(grade().status, 'passed');
  assert.is(statSync(bundle).ino, ino, 'it is used again');

  assert.match(grade('export const nothing = 1;').message, 'The file exports no function');
  kit.edit('src/submission/run.ts', 'The file exports no function', 'After an edit: no function');
  assert.match(grade('export const nothing = 1;').message, 'After an edit: no function');

  writeFileSync(kit.at('src/steps/99-new.ts'), "export const word: string = 'the new module';\n");
  const text = "import { word } from '#src/steps/99-new.ts';\nthrow new Error(word);\n";
  assert.match(grade(text).message, 'the new module');
  await settle();
  assert.match(grade(text).message, 'the new module');
  assert.match(readFileSync(bundle, 'latin1'), 'the new module', 'it was made anew');
});

kernelTest(test, needs, 'where it cannot be kept, tsx does it', () => {
  const { kit, grade } = new Class();
  writeFileSync(kit.at('build'), 'no folder');
  assert.is(grade().status, 'passed');
  assert.match(grade("throw new Error('at line 1');").message, /at line 1 at workspace\/1a-domain-name\.ts:1: /);
});

kernelTest(
  test,
  needs,
  'a submission and the kit share their modules, and an error names the line of its author',
  async () => {
    const { grade } = new Class();
    await settle();
    const text = `import type { Lab } from '#src/lab/lab.ts';

interface Unused {
  readonly name: string;
}

import { CallFailure } from '../src/executor/failure.ts';

export async function run(lab: Lab): Promise<never> {
  const calls: readonly Unused[] = [];
  throw new Error(\`with \${CallFailure.name} \${calls.length}\`);
}
`;
    for (let round = 0; round < 2; round++) {
      assert.match(grade(text).message, /with CallFailure 0 at workspace\/1a-domain-name\.ts:11: /);
    }
  },
);

kernelTest(test, needs, 'it holds no check and no solution', async () => {
  const { kit, grade } = new Class();
  await settle();
  grade();
  const secret = ['sentry(', 'toGradescope', 'starterFails', 'expectSoon'];
  const bundle = (name: string) => readFileSync(kit.at(`build/${name}.bundle`), 'latin1');
  for (const word of secret) assert.match(bundle('grade'), word);
  for (const word of secret) assert.not.match(bundle('submission'), word);
});

test.run();
