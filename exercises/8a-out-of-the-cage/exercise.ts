import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { openDirectories } from '#src/checks/pipes.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'Out of the cage',
  kind: 'write it',
  points: 10,
  needs: ['image'],
  starterFails: "the program's root: expected the sandbox's, observed the image's",
  hints: [
    {
      when: 'a child in the cage',
      text: 'The list begins with `...cage(lab)`, as it was given, and in it the child waits until somebody has seen it there.',
    },
    {
      when: "the program's root",
      text: 'The way up ends at the root directory: there `..` leads to itself. But only there. What if you stand outside of your own root?',
    },
    {
      when: 'the program runs',
      text: 'The cage has become smaller: the new root has no /bin/sh. Climb before you call that home.',
    },
    {
      text: 'chroot(2) moves the root directory and leaves the working directory where it is. After a second chroot, which way is up for it?',
    },
    {
      text: 'A chroot into a directory of the image makes the root a place below you. From then on no `..` meets it.',
    },
    { text: '`chroot("tmp")`, without a `chdir` after it; then `chdir("../../../../..")`; and what is left to do?' },
  ],
  round() {
    return {
      scripts: { program: sentry() },
      async check(trial) {
        const prisoner = await findPrisoner(trial);
        const doors = openDirectories(prisoner);
        trial.expect('directories that are open in the cage', {
          expected: 'none',
          observed: doors.join(', ') || 'none',
          command: `ls -l /proc/${prisoner.pid}/fd`,
        });
        // It waits in the cage for one byte.
        trial.send('\n');
        const program = await trial.program();
        trial.expect("the program's process", {
          expected: 'the one that was in the cage',
          observed: program.pid === prisoner.pid ? 'the one that was in the cage' : 'another one',
          command: `cat /proc/${prisoner.pid}/cmdline`,
        });
        trial.expect("the program's root", {
          expected: "the sandbox's",
          observed: rootInWords(trial, program),
          command: `stat -L -c %d:%i /proc/${program.pid}/root /proc/${trial.parent.pid}/root`,
        });
        await trial.expectStatus();
      },
    };
  },
};

/** The submission has yet to start, and there is nothing else to wait for. */
const PATIENCE_MS = 30_000;

async function findPrisoner(trial: Trial): Promise<Process> {
  const look = () => trial.processes().find((process) => isCaged(trial, process));
  await trial.until(() => (look() ?? trial.find()) !== undefined, PATIENCE_MS);
  const [found, end] = [look(), trial.describeEnd()];
  trial.expect('a child in the cage', {
    expected: "a process whose root is the image's",
    observed: found ? "a process whose root is the image's" : end === 'it still runs' ? 'none' : `none, but ${end}`,
    ...(found && { command: `stat -L -c %d:%i /proc/${found.pid}/root` }),
  });
  return found ?? trial.parent;
}

function isCaged(trial: Trial, process: Process): boolean {
  try {
    return process.directory('root') === trial.image;
  } catch {
    return false; // It ended meanwhile.
  }
}

function rootInWords(trial: Trial, process: Process): string {
  const root = process.directory('root');
  if (root === trial.image) return "the image's";
  return root === trial.ground.root ? "the sandbox's" : 'some other directory';
}
