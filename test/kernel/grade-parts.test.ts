/** The files for clusters, tried without one: each part by the file's own script, as who and where the cluster would run it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { top } from '../support/lab.ts';
import { canRun, program, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('grade-parts');
const SOLUTION = join(top, 'exercises/1a-domain-name/solution.ts');
const YAML = readFileSync(join(top, 'platforms/kubernetes/grade-class.yaml'), 'utf8');
const USER = 1000;
const PARTS = 4;
const STUDENTS = 5;

/** A class on what would be a shared file system; the third student has handed in nothing that works. */
function makeClass(): string {
  const place = temporaryDirectory(USER);
  for (let number = 1; number <= STUDENTS; number++) {
    const folder = join(place, 'submissions', `s${number}`);
    mkdirSync(folder, { recursive: true });
    if (number === 3) writeFileSync(join(folder, '1a.ts'), 'export const x = 1;\n');
    else copyFileSync(SOLUTION, join(folder, '1a.ts'));
  }
  return place;
}

function assertGraded(place: string): void {
  const [header, ...rows] = readFileSync(join(place, 'results/grades.csv'), 'utf8').trim().split('\r\n');
  assert.is(header, 'student,points,max,1a,1a message');
  assert.equal(
    rows.map((row) => row.split(',').slice(0, 4).join()).sort(),
    [1, 2, 3, 4, 5].map((number) => (number === 3 ? 's3,0,10,0' : `s${number},10,10,10`)),
  );
  const parts = Array.from({ length: PARTS }, (_, index) => `part-${index + 1}-of-${PARTS}.csv`);
  assert.equal(
    readdirSync(join(place, 'results')).sort(),
    ['grades.csv', ...parts.flatMap((name) => [name, `${name}.journal`])].sort(),
  );
}

/** What has been found out up to now, with the reasons. */
function resultsIn(place: string): string {
  const files = readdirSync(join(place, 'results')).filter((name) => name.endsWith('.csv'));
  return files.map((name) => readFileSync(join(place, 'results', name), 'utf8')).join('');
}

/** What stands in a block of the file, set in by so many blanks. */
function block(after: string, indent: number): string {
  const [, lines = ''] = new RegExp(`${after}\\n((?: {${indent}}.*\\n)+)`).exec(YAML) ?? [];
  assert.ok(lines, after);
  return lines.replace(new RegExp(`^ {${indent}}`, 'gm'), '');
}

/** A value of the file. */
function value(name: string): string {
  const [, text = ''] = new RegExp(`^ *(?:- )?${name}: '?([^'\\n]*)'?$`, 'm').exec(YAML) ?? [];
  assert.ok(text, name);
  return text;
}

/** What the container of an index runs, and as whom: no rights, no new ones, and the volume and the kit in their places. */
function pod(place: string, index: number, mountBefore = 'true'): [string, string[]] {
  // Both can be below what is covered.
  const mounts = `
    exec 8<"$1" 9<"$2"
    mount -t tmpfs tmpfs /srv && mkdir /srv/class && mount --bind /proc/self/fd/8/. ${value('mountPath')}
    mount -t tmpfs tmpfs /opt && mkdir /opt/kit && mount --bind /proc/self/fd/9/. /opt/kit
    exec 8<&- 9<&-
    ${mountBefore}
    cd / && shift 2 && exec "$@"`;
  const user = ['--reuid', value('runAsUser'), '--regid', value('runAsGroup'), '--clear-groups'];
  const rights = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  const environment = [
    `PATH=${process.env.PATH}`,
    'HOME=/tmp',
    `PARTS=${value('name: PARTS\\n *value')}`,
    'EXERCISES=1a',
  ];
  const container = [
    'env',
    '-i',
    ...environment,
    `JOB_COMPLETION_INDEX=${index}`,
    '/bin/sh',
    '-ec',
    block('- \\|', 14),
  ];
  const words = ['--mount', 'sh', '-ec', mounts, 'sh', place, top, 'setpriv', ...user, ...rights, ...container];
  return ['unshare', words];
}

function run([file, words]: [string, string[]], env: NodeJS.ProcessEnv = process.env) {
  return spawnSync(file, words, { encoding: 'utf8', env, timeout: patience(40_000) });
}

const needs = [root, program('setpriv'), canRun(5, 'rootless')];

kernelTest(test, needs, 'Kubernetes: every index, in any order, one of them lost and started again', async () => {
  assert.equal([value('completions'), value('parallelism'), value('name: PARTS\\n *value')], ['4', '4', '4']);
  const place = makeClass();
  const [file, words] = pod(place, 0);
  const lost = spawn(file, words, { stdio: 'ignore', detached: true });
  onTestEnd(() => lost.kill('SIGKILL'));
  const lock = join(place, 'results/part-1-of-4.csv.lock');
  await until('it has begun', () => existsSync(lock), 30_000);
  // As when the node goes: all of it at once.
  process.kill(-(lost.pid ?? 0), 'SIGKILL');
  await once(lost, 'exit');
  assert.ok(existsSync(lock));
  for (const index of [2, 0, 3, 1]) {
    assert.not.ok(existsSync(join(place, 'results/grades.csv')), 'not before all parts are there');
    const { status, stderr } = run(pod(place, index));
    assert.is(status, 0, stderr + resultsIn(place));
  }
  assertGraded(place);
});

kernelTest(test, needs, 'Kubernetes: with a /proc that is partly covered nothing runs, and nothing is passed', () => {
  const place = makeClass();
  const { status } = run(pod(place, 0, 'mount --bind /dev/null /proc/timer_list'));
  assert.is(status, 1, 'so that it is tried again');
  const rows = readFileSync(join(place, 'results/part-1-of-4.csv'), 'utf8').trim().split('\r\n').slice(1);
  assert.equal(
    rows.map((row) => row.split(',').slice(0, 4).join()),
    ['s1,0,10,not run', 's5,0,10,not run'],
  );
  assert.match(rows[0] ?? '', 'mount(""proc""');
});

/** What Slurm sets for a task. */
function task(place: string, number: number, restarts = 0): NodeJS.ProcessEnv {
  const array = { SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_MAX: String(PARTS), SLURM_ARRAY_TASK_STEP: '1' };
  const own = { SLURM_ARRAY_TASK_ID: String(number), SLURM_RESTART_COUNT: String(restarts), SLURM_CPUS_PER_TASK: '2' };
  return { ...process.env, ...array, ...own, KIT: top, CLASS: place, EXERCISES: '1a' };
}

kernelTest(
  test,
  [root, canRun(5)],
  'Slurm: every task, one of them put back into the queue; two of one are refused',
  () => {
    const place = makeClass();
    const script: [string, string[]] = ['/bin/sh', [join(top, 'platforms/slurm/grade-class.sbatch')]];
    mkdirSync(join(place, 'results'));
    const lock = join(place, 'results/part-2-of-4.csv.lock');
    writeFileSync(lock, 'process 7 of anna on far\ncontainer-lab-01234567-4026531836-7-1-1');
    for (const number of [4, 2, 1, 3]) {
      const first = run(script, task(place, number));
      assert.is(first.status, number === 2 ? 2 : 0, first.stderr);
      if (number === 2) assert.match(first.stderr, 'process 7 of anna on far');
    }
    assert.not.ok(existsSync(join(place, 'results/grades.csv')));
    assert.is(run(script, task(place, 2, 1)).status, 0);
    assertGraded(place);
    const { status, stderr } = run(script, { ...task(place, 2), SLURM_ARRAY_TASK_MIN: '0' });
    assert.equal([status, stderr], [2, 'The parts are numbered from 1: sbatch --array=1-8\n']);
  },
);

test.run();
