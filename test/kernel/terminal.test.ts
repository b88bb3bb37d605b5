/** At a real terminal: job control, Ctrl-C, Ctrl-Z, and a terminal that is given back. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest, until } from '../support/kernel-test.ts';
import { findProcess, markedProcesses, ownCgroups, read, statFields } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { numbersOf } from '../support/steps.ts';
import { Terminal } from '../support/terminal.ts';

const test = suite('terminal');
const needs = [program('tmux'), program('bash')];

/** Of a process: its state, its process group, and the group in the foreground of its terminal. */
function job(pid: number): { state: string; group: string; foreground: string } {
  const [, , state = '', , group = '', , , foreground = ''] = statFields(pid);
  return { state, group, foreground };
}

/** The CPU time that a process has used, in ticks of 10 ms. */
const ticks = (pid: number) => Number(statFields(pid)[13]) + Number(statFields(pid)[14]);
const inForeground = (pid: number) => job(pid).group !== '' && job(pid).group === job(pid).foreground;
const isGone = (pid: number) => statFields(pid).length === 0;
const childrenOf = (pid: number) =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
const parentOf = (pid: number) => Number(statFields(pid)[3]);

let lengths = 0;
/** A length for sleep(1) that is a word of no other command line. */
function someTime(): string {
  lengths += 1;
  return `1000.${process.pid}${lengths}`;
}

for (const step of numbersOf('uts')) {
  kernelTest(
    test,
    [canRun(step), ...needs],
    `step ${step}: a shell; Ctrl-C ends the program inside and not the shell; exit 3`,
    async () => {
      const terminal = new Terminal();
      terminal.type(`kit step ${step}${step === 7 ? ' -- bash' : ''}; echo status=$?`);
      await terminal.answers('inside');
      const length = someTime();
      terminal.type(`sleep ${length}`);
      const sleep = await findProcess(length);
      const shell = parentOf(sleep);
      assert.is.not(shell, terminal.shell);
      await until('the program has the terminal', () => inForeground(sleep));
      assert.not.ok(inForeground(shell), 'job control: the program has a group of its own');
      terminal.key('C-c');
      await until('it is gone', () => isGone(sleep));
      await terminal.answers('still');
      await until('the shell has the terminal', () => inForeground(shell));
      terminal.type('exit 3');
      await terminal.shows(/^status=3$/m);
      await until('the outer shell has the terminal', () => inForeground(terminal.shell));
      assert.not.match(terminal.screen(), /no job control|cannot set terminal/);
    },
  );
}

for (const step of [2, 4, 8]) {
  kernelTest(test, [canRun(step), ...needs], `step ${step}: Ctrl-Z, bg and fg in the shell inside`, async () => {
    const terminal = new Terminal();
    terminal.type(`kit step ${step}; echo status=$?`);
    await terminal.answers('inside');
    const length = someTime();
    terminal.type(`sleep ${length}`);
    const sleep = await findProcess(length);
    await until('it has the terminal', () => inForeground(sleep));
    terminal.key('C-z');
    await until('it is stopped', () => job(sleep).state === 'T');
    await terminal.answers('stopped');
    terminal.type('bg');
    await until('it runs on', () => job(sleep).state === 'S');
    assert.not.ok(inForeground(sleep));
    terminal.type('fg');
    await until('it has the terminal again', () => inForeground(sleep));
    terminal.key('C-c');
    await until('it is gone', () => isGone(sleep));
    terminal.type('exit 4');
    await terminal.shows(/^status=4$/m);
  });
}

for (const step of [0, 1, 3, 4, 8]) {
  kernelTest(test, [canRun(step), ...needs], `step ${step}: Ctrl-C at a command ends it with 130`, async () => {
    const terminal = new Terminal();
    const length = someTime();
    terminal.type(`kit step ${step} -- sleep ${length}; echo status=$?`);
    const sleep = await findProcess(length);
    await until('it has the terminal', () => inForeground(sleep));
    terminal.key('C-c');
    await terminal.shows(/status=130$/m);
    assert.ok(isGone(sleep));
    assert.ok(inForeground(terminal.shell));
  });
}

kernelTest(test, [canRun(1), ...needs], 'Ctrl-Z stops a command with the kit; fg goes on with both', async () => {
  const terminal = new Terminal();
  const length = someTime();
  terminal.type(`kit step 1 -- sleep ${length}`);
  const sleep = await findProcess(length);
  const kit = parentOf(sleep);
  await until('it has the terminal', () => inForeground(sleep));
  terminal.key('C-z');
  await until('both are stopped', () => job(sleep).state === 'T' && job(kit).state === 'T');
  await terminal.answers('outside');
  terminal.type('fg');
  await until('both run', () => job(sleep).state === 'S' && job(kit).state === 'S' && inForeground(sleep));
  const busy = ticks(kit);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.ok(ticks(kit) - busy < 10, `${ticks(kit) - busy} ticks of CPU in half a second, to wait`);
  terminal.key('C-c');
  await until('they are gone', () => isGone(sleep) && isGone(kit));
  terminal.type('echo status=$?');
  await terminal.shows(/status=130$/m);
});

kernelTest(
  test,
  [canRun(1), ...needs],
  'after Ctrl-Z and bg the shell keeps its terminal; fg lends it again',
  async () => {
    const terminal = new Terminal();
    const length = someTime();
    terminal.type(`kit step 1 -- sleep ${length}`);
    const sleep = await findProcess(length);
    await until('it has the terminal', () => inForeground(sleep));
    terminal.key('C-z');
    await until('it is stopped', () => job(sleep).state === 'T');
    await terminal.answers('outside');
    terminal.type('bg');
    await until('it runs on', () => job(sleep).state === 'S');
    await terminal.answers('beside-it');
    assert.ok(inForeground(terminal.shell));
    terminal.type('fg');
    await until('it has the terminal again', () => inForeground(sleep));
    terminal.key('C-c');
    await until('it is gone', () => isGone(sleep));
    await terminal.answers('afterwards');
  },
);

kernelTest(test, [canRun(1), ...needs], 'a job that ends in the background leaves the terminal alone', async () => {
  for (const [end, status] of [
    ['kill %1', 143],
    ['kill -INT %1', 130],
  ] as const) {
    const terminal = new Terminal();
    const length = someTime();
    terminal.type(`kit step 1 -- sleep ${length}`);
    const sleep = await findProcess(length);
    await until('it has the terminal', () => inForeground(sleep));
    terminal.key('C-z');
    await until('it is stopped', () => job(sleep).state === 'T');
    terminal.type('bg');
    await until('it runs on', () => job(sleep).state === 'S');
    terminal.type(end);
    await until('it is gone', () => isGone(sleep));
    await terminal.answers('outside');
    terminal.type(''); // the shell says so before its next prompt
    await terminal.shows(new RegExp(`Exit ${status} `));
    assert.ok(inForeground(terminal.shell));
    assert.equal(markedProcesses(), []);
    terminal.close();
  }
});

kernelTest(
  test,
  [canRun(1), program('stty'), program('tail'), ...needs],
  'what has run in the background leaves the settings of the terminal alone: what is typed is shown',
  async () => {
    for (const asked of [false, true]) {
      const terminal = new Terminal();
      const length = someTime();
      terminal.type(`kit step 1 --quiet sleep ${length} &`);
      const sleep = await findProcess(length);
      const kit = parentOf(sleep);
      await terminal.answers('begun');
      // The settings at the prompt are the shell's own: the kit ends while a command in the foreground has others.
      terminal.type(`tail --pid=${kit} -f /dev/null; echo o''ver`);
      const isTail = (pid: number) => read(`/proc/${pid}/comm`) === 'tail\n' && inForeground(pid);
      await until('the command has the terminal', () => childrenOf(terminal.shell).some(isTail));
      // The kit is told to end, or the program inside ends.
      process.kill(asked ? kit : sleep, asked ? 'SIGTERM' : 'SIGKILL');
      await terminal.shows(/^over$/m);
      assert.equal(markedProcesses(), []);
      terminal.type("stty -a | grep -o '.echo '");
      await terminal.shows(/^ echo *$/m);
      terminal.close();
    }
  },
);

kernelTest(test, [canRun(4), program('less'), ...needs], 'the pager of a pipeline keeps the terminal', async () => {
  const terminal = new Terminal();
  // The pager begins while the kit runs, which ends before it.
  terminal.type("kit step 4 -- sh -c 'sleep 2; echo to''ld' 2>&1 | (sleep 1; exec less); echo status=$?");
  await terminal.shows(/^told$[\s\S]*\(END\)/m);
  terminal.key('q');
  await terminal.shows(/^status=0$/m);
});

kernelTest(test, [canRun(12), ...needs], 'a step ends in a pipeline, and in the background', async () => {
  const terminal = new Terminal();
  terminal.type("kit step 12 --quiet -- echo told | cat; echo first o''ver");
  await terminal.shows(/^told$[\s\S]*^first over$/m);
  terminal.type("kit step 12 --quiet -- true < /dev/null & wait $!; echo second o''ver");
  await terminal.shows(/^second over$/m);
});

kernelTest(test, [canRun(3), ...needs], 'Ctrl-Z reaches process 1, and Ctrl-C after it ends all', async () => {
  const terminal = new Terminal();
  const length = someTime();
  terminal.type(`kit step 3 -- sh -c 'sleep ${length}; echo after''wards'; echo status=$?`);
  const sleep = await findProcess(length);
  const first = parentOf(sleep);
  await until('it has the terminal', () => inForeground(sleep));
  terminal.key('C-z');
  await until('both are stopped', () => job(sleep).state === 'T' && job(first).state === 'T');
  await terminal.answers('outside');
  terminal.type('fg');
  await until('they run on', () => job(sleep).state === 'S' && job(first).state === 'S' && inForeground(sleep));
  terminal.key('C-c');
  await until('they are gone', () => isGone(sleep) && isGone(first));
  await terminal.answers('still');
});

kernelTest(test, [canRun(4), program('npm'), ...needs], 'through npm it is the same', async () => {
  const terminal = new Terminal();
  terminal.type('npm run -s step 4; echo status=$?');
  await terminal.answers('inside');
  const length = someTime();
  terminal.type(`sleep ${length}`);
  const sleep = await findProcess(length);
  await until('it has the terminal', () => inForeground(sleep));
  terminal.key('C-c');
  await until('it is gone', () => isGone(sleep));
  await terminal.answers('still');
  terminal.type('exit 3');
  await terminal.shows(/^status=3$/m);
  await until('the outer shell has the terminal', () => inForeground(terminal.shell));
  terminal.type(`npm run -s step 4 -- sleep ${length}9; echo status=$?`);
  const other = await findProcess(`${length}9`);
  await until('it has the terminal', () => inForeground(other));
  terminal.key('C-c');
  await terminal.shows(/status=130$/m);
  await terminal.answers('outside');
});

kernelTest(test, [canRun(8), ...needs], 'the settings of the terminal are as before', async () => {
  const terminal = new Terminal();
  terminal.type('stty -a | md5sum >/dev/null; before=$(stty -a)');
  terminal.type('kit step 8; test "$before" = "$(stty -a)" && echo sa""me');
  await terminal.answers('inside');
  terminal.type('tty; exit');
  await terminal.shows(/^same$/m);
});

for (const [step, words] of [
  [4, ''],
  [4, ' -- sleep LENGTH'],
  [1, ' -- sleep LENGTH'],
  [8, ' -- sh -c "trap : TERM; while :; do sleep LENGTH; done"'],
] as const) {
  kernelTest(test, [canRun(step), ...needs], `SIGTERM to the kit at a terminal: step ${step}${words}`, async () => {
    const terminal = new Terminal();
    const length = someTime();
    terminal.type(`kit step ${step}${words.replace('LENGTH', length)}; echo status=$?`);
    if (words === '') {
      await terminal.answers('inside');
      terminal.type(`sleep ${length}`);
    }
    const sleep = await findProcess(length);
    const kit = await until('the kit', () => {
      let pid = sleep;
      while (pid > 1 && !read(`/proc/${pid}/cmdline`).includes('lab.cjs')) pid = parentOf(pid);
      return pid > 1 && pid;
    });
    process.kill(kit, 'SIGTERM');
    await terminal.shows(/^status=143$/m);
    assert.equal(markedProcesses(), []);
    await terminal.answers('outside');
    await until('the outer shell has the terminal', () => inForeground(terminal.shell));
  });
}

for (const [signal, status] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const) {
  kernelTest(test, [canRun(8)], `${signal} to the kit without a terminal ends all with ${status}`, async () => {
    for (const step of ['0', '4', '8']) {
      const container = await startContainer([step]);
      // Its own process group and session, and deaf to what could be sent to it.
      await container.run('setsid sh -c "trap : TERM INT HUP; while :; do sleep 100; done" & sleep 0.1');
      process.kill(container.started, signal);
      assert.is(await container.ended(), status, `step ${step}`);
      assert.equal(markedProcesses(), []);
    }
  });
}

for (const [what, words, prompt] of [
  ['the menu of the steps', 'step', /Which step\?/],
  ['a pause', 'step 4 --pause -- true', /\[Enter: make this call/],
  ['a watch', 'watch 0a', /q quit/],
] as const) {
  kernelTest(test, [canRun(4), ...needs], `${what}: Ctrl-Z stops the whole job, fg goes on, kill ends it`, async () => {
    const terminal = new Terminal();
    const kitOf = () => childrenOf(terminal.shell).find((pid) => read(`/proc/${pid}/cmdline`).includes('lab.cjs'));
    // As npm does it: a process that waits for the kit is of its job.
    terminal.type(`(kit ${words}; true)`);
    await terminal.shows(prompt);
    const [waiting = 0] = childrenOf(terminal.shell);
    for (const round of ['first', 'second']) {
      terminal.key('C-z');
      await until('the job is stopped', () => job(waiting).state === 'T');
      await terminal.answers(round);
      terminal.type('fg');
      await until('the job goes on', () => job(waiting).state === 'S' && inForeground(waiting));
    }
    const kit = await until('the kit', () => childrenOf(waiting)[0] ?? kitOf());
    process.kill(kit, 'SIGTERM');
    await until('it is gone', () => isGone(kit));
    await terminal.answers('afterwards');
    assert.equal(markedProcesses(), []);
  });
}

kernelTest(
  test,
  [canRun(7), ...needs],
  'narration that cannot be written ends no run, and leaves nothing',
  async () => {
    for (const closes of [false, true]) {
      const terminal = new Terminal();
      const length = someTime();
      terminal.type(
        `kit step 7 -- sh -c "trap : TERM HUP; while :; do sleep ${length}; done" ${closes ? '' : '2>/dev/full &'}`,
      );
      const sleep = await findProcess(length);
      const kit = await until('the kit', () => {
        let pid = sleep;
        while (pid > 1 && !read(`/proc/${pid}/cmdline`).includes('lab.cjs')) pid = parentOf(pid);
        return pid > 1 && pid;
      });
      // A kit at tmux is no descendant of this test.
      const [owner = ''] = /container-lab-[\da-f-]+/.exec(read(`/proc/${sleep}/cgroup`)) ?? [];
      assert.ok(ownCgroups(owner).length > 0);
      if (closes) terminal.close();
      else process.kill(kit, 'SIGTERM');
      await until('they are gone', () => isGone(sleep) && isGone(kit));
      assert.equal(ownCgroups(owner), []);
    }
  },
);

kernelTest(test, [canRun(4), ...needs], 'when the terminal is closed, all ends', async () => {
  const terminal = new Terminal();
  terminal.type('kit step 4');
  await terminal.answers('inside');
  const length = someTime();
  terminal.type(`sleep ${length}`);
  const sleep = await findProcess(length);
  const kit = parentOf(parentOf(sleep));
  assert.match(read(`/proc/${kit}/cmdline`), 'lab.cjs');
  terminal.close();
  await until('they are gone', () => isGone(sleep) && isGone(kit));
});

test.run();
