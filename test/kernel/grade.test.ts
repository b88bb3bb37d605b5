/** `npm run grade` on real submissions: right ones, wrong ones, and folders full of traps. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue } from '../../src/catalogue/exercises.ts';
import { wrongPrograms } from '../../src/catalogue/wrong-solutions.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { KitCopy } from '../support/kit-copy.ts';
import { lab, top } from '../support/lab.ts';
import { canRun, root } from '../support/needs.ts';

const test = suite('grade');
const EXERCISE = join(top, 'exercises/1a-domain-name');
const needs = [root, canRun(5)];

function handIn(directory: string, name: string, work: string): void {
  mkdirSync(directory, { recursive: true });
  copyFileSync(join(EXERCISE, work), join(directory, name));
}

function grade(...words: string[]) {
  return lab(['grade', ...words]);
}

kernelTest(test, needs, 'right work: 0, and the points', () => {
  const directory = temporaryDirectory();
  handIn(directory, '1a-mine.ts', 'solution.ts');
  const { status, stdout, stderr } = grade(directory);
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^✓ 1a A domain name, too: passed, 10 of 10 points/);
});

kernelTest(test, needs, 'wrong work: 1, and what was expected and observed', () => {
  const directory = temporaryDirectory();
  handIn(directory, '1a.ts', 'starter.ts');
  const { status, stdout } = grade(directory);
  assert.is(status, 1);
  assert.match(stdout, /^✗ 1a .*failed, 0 of 10 points/);
  for (const label of ['check +the domain name inside', 'expected +\\w+\\.example', 'observed', 'to see it +nsenter'])
    assert.match(stdout, new RegExp(`^ {4}${label}`, 'm'));
  assert.is(grade(directory, '--exit-zero').status, 0);
});

kernelTest(test, needs, 'nothing to grade is no pass, and mistakes start nothing', () => {
  const directory = temporaryDirectory();
  const result = join(directory, 'r.json');
  const { status, stdout } = grade(directory, '--gradescope', result);
  assert.is(status, 1);
  assert.match(stdout, 'Nothing was graded');
  assert.is(JSON.parse(readFileSync(result, 'utf8')).tests[0].score, 0);
  mkdirSync(join(directory, 'anna'));
  assert.is(grade(directory).stderr.trim(), 'For a class, a folder per student, add --csv FILE.');
  assert.is(grade(directory, '--only', '1a').status, 1);
  assert.is(grade(directory, '--exit-zero').status, 0);
  handIn(directory, '1a.ts', 'solution.ts');
  const mistakes = [['--bogus'], ['--only', '99z'], ['--jobs', '0'], ['--junit', join(directory, 'no/x.xml')]];
  for (const words of [...mistakes, ['--classroom50', join(directory, 'c.json')], ['--csv', '/nowhere/x']]) {
    const wrong = grade(directory, ...words);
    assert.equal([wrong.status, wrong.stdout], [2, ''], words.join(' '));
    assert.is(wrong.stderr.trim().split('\n').length, 1, wrong.stderr);
  }
  assert.is(grade(join(directory, 'no')).status, 2);
});

kernelTest(test, needs, 'a submission that never ends is ended, and has failed', () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, '1a.ts'), 'export async function run() { for (;;) {} }\n');
  const begin = Date.now();
  const { status, stdout } = grade(directory, '--timeout', '2');
  assert.is(status, 1);
  assert.match(stdout, 'no end before time was up');
  assert.ok(Date.now() - begin < 15_000);
});

kernelTest(test, needs, '--jobs 2: the same grades in the same order', async () => {
  const directory = temporaryDirectory();
  const works = ['solution.ts', 'starter.ts', 'wrong/names-swapped.ts', 'solution.ts', 'wrong/set-by-the-parent.ts'];
  const entry = (await catalogue()).find(({ id }) => id === '1a');
  const { programs } = entry ? await wrongPrograms(entry) : { programs: [] };
  const folders = works.map((work, index) => {
    const folder = join(directory, String(index));
    const wrong = programs.find(({ name }) => name === work);
    if (wrong) {
      mkdirSync(folder);
      writeFileSync(join(folder, '1a.ts'), wrong.text);
    } else handIn(folder, '1a.ts', work);
    return folder;
  });
  const statuses = (jobs: string) => {
    const { items } = JSON.parse(grade(...folders, '--jobs', jobs, '--json').stdout);
    return items.map(({ status }: { status: string }) => status);
  };
  const expected = ['passed', 'failed', 'failed', 'passed', 'failed'];
  assert.equal([statuses('1'), statuses('2')], [expected, expected]);
});

kernelTest(test, needs, 'every format in one run, one grade', () => {
  const directory = temporaryDirectory();
  handIn(directory, '1a.ts', 'solution.ts');
  const at = (name: string) => join(directory, name);
  const identity = { CLASSROOM: 'c', ASSIGNMENT: 'a', OWNER: 'student-01', SUBMISSION_TAG: 'submit/x' };
  const env = { ...identity, COMMIT_URL: 'https://example.org/c', RELEASE_URL: 'https://example.org/r' };
  const formats = ['junit', 'gradescope', 'classroom50', 'ctrf'].flatMap((name) => [`--${name}`, at(`${name}.out`)]);
  const { status, stdout, stderr } = lab(['grade', directory, '--tap', ...formats], { env });
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^TAP version 14\n1\.\.1\nok 1 - 1a/);
  const read = (name: string) => readFileSync(at(`${name}.out`), 'utf8');
  assert.match(read('junit'), 'tests="1" failures="0" errors="0"');
  assert.is(JSON.parse(read('gradescope')).tests[0].score, 10);
  assert.is(JSON.parse(read('classroom50')).score, 10);
  assert.is(JSON.parse(read('ctrf')).results.summary.passed, 1);
  assert.equal(
    readdirSync(directory).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

kernelTest(test, needs, 'a folder full of traps: nothing is followed, loaded or waited for', () => {
  const directory = temporaryDirectory();
  const others = temporaryDirectory();
  handIn(others, '1a.ts', 'solution.ts');
  const at = (name: string) => join(directory, name);
  const witness = join(others, 'witness');
  const trap = `require('node:fs').writeFileSync(${JSON.stringify(witness)}, 'x');`;
  writeFileSync(at('package.json'), JSON.stringify({ type: 'commonjs', scripts: { preinstall: `touch ${witness}` } }));
  writeFileSync(at('tsconfig.json'), '{ "extends": "./trap.js", "compilerOptions": { "paths": { "*": ["./trap"] } } }');
  writeFileSync(at('.npmrc'), `node-options=--require ${at('trap.js')}\n`);
  writeFileSync(at('trap.js'), trap);
  mkdirSync(at('node_modules/tsx'), { recursive: true });
  writeFileSync(at('node_modules/tsx/cjs.js'), trap);
  execFileSync('mkfifo', [at('1a-pipe.ts')]);
  symlinkSync(join(others, '1a.ts'), at('1a-link.ts'));
  symlinkSync(others, at('link'));
  writeFileSync(at('1a-huge.ts'), Buffer.alloc(2 ** 20, ' '));

  const one = (name: string) => JSON.parse(grade(at(name), '--json').stdout).items[0];
  assert.equal([one('1a-pipe.ts').status, one('1a-pipe.ts').message], ['failed', 'It is no regular file.']);
  assert.equal([one('1a-link.ts').status, one('1a-link.ts').message], ['failed', 'It is a symbolic link.']);
  assert.equal([one('1a-huge.ts').status, one('1a-huge.ts').points], ['failed', 0]);
  assert.is(grade(at('link')).status, 1);
  assert.is(grade(at('link/../package.json')).status, 1);
  const { status, stdout } = lab(['grade', directory], { env: { PWD: directory } });
  assert.is(status, 1);
  assert.match(stdout, 'Several files could be it');
  handIn(directory, '1a.ts', 'solution.ts');
  assert.is(grade(directory).status, 0);
  assert.not.ok(readdirSync(others).includes('witness'));
  const through = grade(directory, '--junit', at('link/x.xml'));
  assert.equal([through.status, readdirSync(others)], [2, ['1a.ts']]);
});

kernelTest(test, needs, 'what a submission prints commands nobody', () => {
  const directory = temporaryDirectory();
  const text = "throw new Error('x\\n::error::owned\\n##[command]x\\u001b[2J\\nok 1 - forged');";
  writeFileSync(join(directory, '1a.ts'), `console.log('::notice::10 of 10'); ${text}\n`);
  for (const format of [[], ['--json'], ['--tap']]) {
    const { status, stdout, stderr } = grade(directory, ...format);
    assert.is(status, 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    for (const output of [stdout, stderr]) assert.not.match(output, /^\s*::|##\[|[\x00-\x08\x0b-\x1f]|^ok /m);
  }
});

kernelTest(
  test,
  [root, canRun(5, 'rootless')],
  'an image that cannot be kept is no fault of the submission or the grader',
  () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    copyFileSync(join(top, 'exercises/8a-out-of-the-cage/solution.ts'), join(directory, '8a.ts'));
    const env = { HOME: '/proc/nohome', XDG_CACHE_HOME: '/proc/nohome/.cache' };
    const { status, stdout } = lab(['grade', directory, '--json'], { uid: 4711, env });
    const [graded] = JSON.parse(stdout).items;
    assert.equal([status, graded.status], [1, 'not run'], graded.message);
    assert.match(graded.message, 'Try: export XDG_CACHE_HOME=');
    const proved = lab(['exercises:check', '8c'], { uid: 4711, env });
    assert.match(proved.stdout, /\n0 passed, 0 failed, \d+ not run\n$/);
  },
);

kernelTest(test, needs, 'a kit that cannot be read in the sandbox is no fault of the submission', () => {
  const directory = temporaryDirectory();
  handIn(directory, '1a.ts', 'solution.ts');
  const kit = new KitCopy(join(temporaryDirectory(), 'kit'), 'own');
  cpSync(join(top, 'exercises'), kit.at('exercises'), { recursive: true });
  // As a clone under umask 077 is.
  chmodSync(kit.at('bin/submission.cjs'), 0o600);
  const { stdout } = kit.run(['grade', '--json', directory]);
  const [graded] = JSON.parse(stdout).items;
  assert.is(graded.status, 'not run', graded.message);
  assert.match(graded.message, 'chmod -R go+rX');
});

test.run();
