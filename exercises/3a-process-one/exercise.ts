import { constants } from 'node:os';
import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole } from '#src/checks/draw.ts';
import { ownNamespace, stillThere } from '#src/checks/ground.ts';
import { descendants, Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

const ORPHANS = 3;

export const exercise: Exercise = {
  title: 'A process 1 that does its duty',
  kind: 'write it',
  points: 10,
  starterFails: "the program's number inside: expected more than 1",
  hints: [
    {
      when: "the program's number inside",
      text: 'The child of `lab.clone` becomes process 1, whatever it runs. So it must run something else, which starts the program as a child of its own.',
    },
    {
      when: "the program's number inside",
      text: 'A shell whose last command is the program may become the program instead of starting it. Give it something to do afterwards.',
    },
    { when: 'the PID namespace', text: 'Which flag of clone makes its child process 1? See lesson 3.' },
    {
      when: 'the orphans, ended',
      text: 'A zombie goes when its parent waits for it. Is your process 1 a program that waits, the whole time, for any child?',
    },
    {
      when: 'the program after SIGTERM to process 1',
      text: 'Process 1 does not hear a signal that it has no handler for. In a shell, `trap` makes one.',
    },
    {
      when: 'the program after SIGTERM to process 1',
      text: 'A shell runs a trap at once only if it is in `wait`. While a command runs in the foreground, the trap has to wait.',
    },
    {
      when: 'the exit status',
      text: 'A trap interrupts `wait`, which then says 143, for SIGTERM. That is not the status of the program: wait again.',
    },
    { text: '`sh -c TEXT NAME ARGUMENT…` runs TEXT; in it, `"$@"` is all the arguments, and `$0` is the name.' },
    {
      text: '`"$@" &` starts the program, `$!` is its number, `wait "$child"` waits, also for orphans, and gives its status.',
    },
    {
      text: 'Four lines: start it; `trap \'kill -TERM "$child"; again=yes\' TERM`; wait for it, and once more if `$again` is set; exit with what the last wait gave.',
    },
  ],
  // The program can end at a signal that process 1 passes on, or by itself.
  rounds: 2,
  round(turn) {
    const bySignal = turn === 0;
    const orphans = Array.from({ length: ORPHANS }, () => String(whole(10 ** 8, 10 ** 9)));
    const leave = `(${orphans.map((seconds) => `sleep ${seconds} &`).join(' ')})`;
    const program = sentry({ first: leave, endsAtTerm: bySignal });
    return {
      given: { command: ['/bin/sh', '-c', program.text, program.marker] },
      scripts: { program },
      async check(trial) {
        const inside = await trial.program();
        const own = inside.namespace('pid');
        trial.expect('the PID namespace', ownNamespace(trial, inside, 'pid'));
        const number = inside.ownNumber;
        trial.expect("the program's number inside", {
          expected: 'more than 1',
          observed: number === 1 ? '1: the program itself is process 1' : number,
          command: `grep NSpid /proc/${inside.pid}/status`,
          holds: number > 1,
        });
        await trial.expectSoon("the program's parent", () => ({
          expected: 'process 1 of the same namespace',
          observed: nameOf(new Process(inside.parent), own),
          command: `ps -o pid,ppid,args -p ${inside.pid},${inside.parent}`,
        }));
        const init = new Process(inside.parent);
        await endOrphans(trial, init, orphans);
        trial.expect("the submission's own process", stillThere(trial));
        const status = await trial.tell();
        if (bySignal) await passOn(trial, init, inside);
        await trial.expectSoon('process 1, once the program has ended', () => ({
          expected: 'ended',
          observed: init.lives ? 'it still runs' : 'ended',
          command: `ps -o pid,stat,args -p ${init.pid},${inside.pid}`,
        }));
        trial.expectEnd(status, await trial.ended());
      },
    };
  },
};

/** Sends SIGTERM to process 1, and expects that it ends the program. */
async function passOn(trial: Trial, init: Process, program: Process): Promise<void> {
  await trial.until(() => program.catches(constants.signals.SIGTERM));
  trial.signal(init, 'SIGTERM');
  await trial.expectSoon('the program after SIGTERM to process 1', () => ({
    expected: 'ended',
    observed: program.lives ? 'it still runs' : 'ended',
    command: `kill -TERM ${init.pid}; ps -o pid,stat,args -p ${program.pid}`,
  }));
}

/** Ends the processes that the program has started and left, and expects that none stays as a zombie. */
async function endOrphans(trial: Trial, init: Process, all: readonly string[]): Promise<void> {
  const command = `ps -o pid,ppid,stat,args --ppid ${init.pid}`;
  const orphans = () => descendants(init.pid).filter((candidate) => all.some((seconds) => isSleep(candidate, seconds)));
  await trial.expectSoon('the orphans of process 1', () => ({
    expected: all.length,
    observed: orphans().filter((orphan) => orphan.parent === init.pid).length,
    command,
  }));
  const ended = orphans();
  for (const orphan of ended) trial.signal(orphan, 'SIGKILL');
  await trial.expectSoon('the orphans, ended', () => {
    const left = descendants(init.pid).filter(({ pid }) => ended.some((orphan) => orphan.pid === pid));
    const zombies = left.filter((process) => !process.lives).length;
    return {
      expected: 'gone',
      observed: zombies > 0 ? `${zombies} zombies, for which nobody waits` : left.length > 0 ? 'still there' : 'gone',
      command,
    };
  });
}

function isSleep(candidate: Process, seconds: string): boolean {
  try {
    return candidate.argv.join(' ') === `sleep ${seconds}`;
  } catch {
    return false; // It ended meanwhile.
  }
}

function nameOf(process: Process, namespace: string): string {
  try {
    const where = process.namespace('pid') === namespace ? 'the same namespace' : 'another namespace';
    return `process ${process.ownNumber} of ${where}`;
  } catch {
    return 'a process that has ended';
  }
}
