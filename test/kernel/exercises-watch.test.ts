/** `npm run watch` at a real terminal: every save is checked, every key does what it says, and nothing is left. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, textOf } from '../../src/catalogue/exercises.ts';
import { onward } from '../../src/practice/choose.ts';
import { NOTHING } from '../../src/practice/progress-file.ts';
import { kernelTest, until } from '../support/kernel-test.ts';
import { markedProcesses, ownCgroups, read, startLab, statFields } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { patience } from '../support/patience.ts';
import { Terminal } from '../support/terminal.ts';
import { TestWorkspace } from '../support/workspace.ts';

const test = suite('watch');
const needs = [canRun(8), program('tmux'), program('git')];
const KEYS = /^h hint {2}d solution {2}r reset {2}n next {2}t task {2}l list {2}q quit$/m;

/** A watch over 1a in a terminal, with the starter in the workspace. */
async function watching(id = '1a'): Promise<{ terminal: Terminal; workspace: TestWorkspace }> {
  const workspace = await TestWorkspace.open(id);
  workspace.prepare();
  const terminal = new Terminal();
  terminal.type('before=$(stty -a)');
  terminal.type(
    `${workspace.assignments} kit watch ${id}; echo status=$?; test "$before" = "$(stty -a)" && echo sa""me`,
  );
  return { terminal, workspace };
}

/** A submission that takes its time, so that something can happen during its check. */
const lasting = (milliseconds: number) =>
  `export async function run() { await new Promise((done) => setTimeout(done, ${milliseconds})); }\n`;

/** The first child of a process, or 0. */
function childOf(pid: number): number {
  return Number(read(`/proc/${pid}/task/${pid}/children`).split(' ')[0]);
}

async function quits(terminal: Terminal, key: string): Promise<void> {
  terminal.key(key);
  await terminal.shows(/^status=0$/m);
  await terminal.shows(/^same$/m);
  assert.equal([markedProcesses(), ownCgroups()], [[], []]);
}

kernelTest(test, needs, 'a save fails with expected and observed, the next passes, and that is noted', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(
    /✗ the domain name inside\n +expected +\w+\.example\n +observed +\(none\)\n +seen with nsenter -t \d+/,
  );
  await terminal.shows(/The calls:\n.* clone\(CLONE_NEWUTS\) = \d+/);
  assert.ok(workspace.progress?.started);
  workspace.save(workspace.text.replace('sethostname(lab', 'setdomainname(lab'));
  await terminal.shows(/✗ the program runs[^✗]*setdomainname is not defined/);
  // As editors do that never write in place.
  writeFileSync(`${workspace.file}.new`, workspace.solution);
  renameSync(`${workspace.file}.new`, workspace.file);
  await terminal.shows(/✓ 1a {2}A domain name, too: passed/);
  await terminal.shows(/runc does the same/);
  await until('the pass is noted', () => workspace.progress?.passed);
  terminal.key('d');
  await terminal.shows(/Your file is the solution, word for word\./);
  await quits(terminal, 'q');
});

kernelTest(test, needs, 'what has failed goes on to be looked at, until the next check', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(/What you started still runs, until the next check/);
  const pid = /seen with nsenter -t (\d+)/.exec(terminal.screen())?.[1] ?? '';
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.match(read(`/proc/${pid}/cmdline`), /^sh\0-c\0.*probe-/s);
  workspace.save(`${workspace.text}\n`);
  await until('the end of the first', () => read(`/proc/${pid}/cmdline`) === '');
  await until('the second', () => terminal.screen().match(/still runs, until the next check/g)?.length === 2);
  await quits(terminal, 'q');
});

kernelTest(test, needs, 'keys: h, d, r, t, l and n', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(/✗ 1a/);
  await terminal.shows(KEYS);
  for (const hint of workspace.entry.hints.filter(
    ({ when = 'the domain name inside' }) => when === 'the domain name inside',
  )) {
    terminal.key('h');
    await terminal.shows(new RegExp(`Hint: ${hint.text.slice(0, 30).replace(/[`.()?]/g, '\\$&')}`));
  }
  terminal.key('h');
  await terminal.shows(/Those were all the hints/);
  terminal.key('d');
  await terminal.shows(/you have not passed yet/);
  terminal.key('n');
  await terminal.shows(/Then not\./);
  assert.not.match(terminal.screen(), /\+ the solution/);
  terminal.key('d');
  terminal.key('y');
  await terminal.shows(/^\+ the solution$[\s\S]*^\+.*setdomainname\(given\.domain\)/m);
  workspace.save('// mine\n');
  await terminal.shows(/exports no function/);
  terminal.key('r');
  await terminal.shows(/is the starter again\. What you had is kept in/);
  assert.is(workspace.text, textOf(workspace.entry, 'starter.ts'));
  const copy = join(workspace.directory, `${workspace.entry.stem}.1.ts`);
  assert.is(readFileSync(copy, 'utf8'), '// mine\n');
  terminal.key('t');
  await terminal.shows(/an older idea from/);
  terminal.key('l');
  await terminal.shows(/^› · 1a {2}A domain name, too \(write it, started\)$/m);
  const { next } = onward(workspace.entry, await catalogue(), NOTHING);
  terminal.key('n');
  await terminal.shows(next ? new RegExp(`${next.stem}\\.ts`) : /There is no other/);
  if (next) assert.ok(readdirSync(workspace.directory).includes(`${next.stem}.ts`));
  await quits(terminal, 'q');
});

kernelTest(test, needs, 'Ctrl-C during a check ends it at once, with nothing left', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(/✗ 1a/);
  workspace.save(lasting(20_000));
  await terminal.shows(/^Checking … /m);
  const sandbox = await until('its sandbox', () => childOf(childOf(terminal.shell)));
  const begin = Date.now();
  await quits(terminal, 'C-c');
  assert.ok(Date.now() - begin < patience(10_000));
  assert.equal(statFields(sandbox), []);
});

kernelTest(test, needs, 'a save during a check makes one more, with what was saved last', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(/✗ 1a/);
  workspace.save(lasting(3000));
  await terminal.shows(/^Checking … /m);
  for (const text of ['// one\n', '// two\n', workspace.solution]) {
    workspace.save(text);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await terminal.shows(/✓ 1a {2}A domain name, too: passed/);
  assert.not.match(terminal.screen(), /exports no function/);
  await quits(terminal, 'q');
});

kernelTest(test, [canRun(8)], 'what no sandbox is needed for is said after every save, too', async () => {
  const workspace = await TestWorkspace.open('1a');
  workspace.prepare();
  const kit = startLab(['watch', '1a'], { env: workspace.env });
  let output = '';
  kit.stdout?.on('data', (text) => {
    output += text;
  });
  await until('the first run', () => output.includes('✗ 1a'));
  for (let saves = 1; saves <= 3; saves++) {
    workspace.save(`// ${saves}\0\n`);
    await until(`what is said of save ${saves}`, () => output.match(/holds a NUL character/g)?.length === saves);
  }
  kit.kill('SIGTERM');
  await until('the end', () => kit.exitCode !== null);
});

kernelTest(test, needs, 'Ctrl-Z gives the terminal back, and fg goes on', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(/✗ 1a/);
  terminal.key('C-z');
  await terminal.shows(/Stopped/); // until then it reads what is typed
  await terminal.answers('outside');
  terminal.type('fg');
  await new Promise((resolve) => setTimeout(resolve, 300));
  workspace.solve();
  await terminal.shows(/✓ 1a {2}A domain name, too: passed/);
  terminal.key('q');
  await terminal.shows(/outer\$$/);
  await terminal.answers('outside-again');
});

kernelTest(test, needs, 'what a submission prints cannot reach the terminal raw', async () => {
  const { terminal, workspace } = await watching();
  await terminal.shows(/✗ 1a/);
  workspace.save(
    "export function run() { console.log('\\x1b[2J\\x1b]0;owned\\x07'); throw new Error('\\x1b[31mred'); }\n",
  );
  await terminal.shows(/observed +exit status 125: Error: \\x1b\[31mred/);
  await terminal.shows(/It printed:\n +\\x1b\[2J\\x1b\]0;owned\\x07/);
  await quits(terminal, 'q');
});

kernelTest(
  test,
  needs,
  'an exercise that is new is shown with its task; a file that is gone comes back with r',
  async () => {
    const workspace = await TestWorkspace.open('1a');
    const terminal = new Terminal();
    terminal.type(`${workspace.assignments} kit exercise watch 1a; echo status=$?`);
    await terminal.shows(/This is the starter\. Save it, and the checks run\./);
    assert.is(workspace.text, textOf(workspace.entry, 'starter.ts'));
    renameSync(workspace.file, `${workspace.file}~`);
    terminal.key('Enter');
    await terminal.shows(/There is no such file\./);
    terminal.key('r');
    await terminal.shows(/✗ the domain name inside/);
    terminal.type('qn');
    await terminal.shows(/^status=0$/m);
    assert.not.match(terminal.screen(), '1b  The wrong name', 'after q, keys do nothing');
  },
);

kernelTest(test, [canRun(8)], 'without a terminal: a run per save, no keys, and SIGTERM ends it with 143', async () => {
  const workspace = await TestWorkspace.open('1a');
  workspace.prepare();
  const kit = startLab(['watch', '1a'], { env: workspace.env });
  let output = '';
  kit.stdout?.on('data', (text) => {
    output += text;
  });
  await until('the first run', () => output.includes('✗ 1a'));
  workspace.solve();
  await until('the second run', () => output.includes('✓ 1a'));
  assert.match(output, /^This is no terminal: no keys/);
  for (const absent of ['h hint', 'Press h', '\x1b', '\r']) assert.not.ok(output.includes(absent));
  kit.kill('SIGTERM');
  await until('the end', () => kit.exitCode !== null);
  assert.is(kit.exitCode, 143);
});

kernelTest(test, [canRun(8)], 'the terminal is gone: so is the watch', async () => {
  const { terminal } = await watching();
  await terminal.shows(/^Checking … /m);
  const kit = childOf(terminal.shell);
  const sandbox = await until('its sandbox', () => childOf(kit));
  terminal.close();
  await until('it is gone', () => statFields(kit).length === 0);
  assert.equal([statFields(sandbox), markedProcesses(), ownCgroups()], [[], [], []]);
});

test.run();
