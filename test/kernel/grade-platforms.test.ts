/** The folders that are built for platforms. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { lab } from '../support/lab.ts';
import { patience } from '../support/patience.ts';

const test = suite('grade-platforms');

function build(platform: string): string {
  const directory = join(temporaryDirectory(), 'source');
  const { status, stderr } = lab(['autograder', platform, directory, '--only', '1a']);
  assert.equal([status, stderr], [0, '']);
  assert.is(lab(['autograder', platform, directory]).status, 1, 'a folder that is there is left alone');
  return directory;
}

/** All files below, by their paths. */
function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

for (const platform of ['gradescope', 'classroom50']) {
  kernelTest(test, [], `${platform}: the kit without solutions`, () => {
    const names = files(build(platform));
    assert.ok(names.includes('kit/exercises/1a-domain-name/exercise.ts'));
    const ofExercises = names.filter((name) => /^kit\/exercises\/\d/.test(name)).map((name) => name.split('/')[3]);
    assert.equal(
      [...new Set(ofExercises)].sort(),
      [undefined, 'exercise.ts', 'hints.ts', 'starter.ts', 'task.md'].sort(),
    );
    assert.equal(
      names.filter((name) => /node_modules|native\/build\//.test(name)),
      [],
    );
  });
}

kernelTest(test, [], 'gradescope: scripts that a shell can read, and a result also where nothing can run', () => {
  const source = build('gradescope');
  for (const script of ['setup.sh', 'run_autograder']) execFileSync('bash', ['-n', join(source, script)]);
  const base = join(source, '..');
  // Nothing has been installed here, so that the grader cannot even begin.
  const { status } = spawnSync(join(source, 'run_autograder'), {
    env: { AUTOGRADER: base },
    timeout: patience(20_000),
  });
  assert.is(status, 0);
  const { tests } = JSON.parse(readFileSync(join(base, 'results/results.json'), 'utf8'));
  assert.equal([tests.length, tests[0].score, tests[0].max_score, tests[0].status], [1, 0, 10, 'failed']);
  assert.match(tests[0].output, 'no fault of yours');
});

kernelTest(test, [], 'mistakes build nothing', () => {
  const place = temporaryDirectory();
  const directory = join(place, 'x');
  for (const words of [['gradescope'], ['other', directory], ['gradescope', directory, '--only', '99z'], []]) {
    assert.is(lab(['autograder', ...words]).status, 2, words.join(' '));
    assert.not.ok(existsSync(directory));
  }
});

test.run();
