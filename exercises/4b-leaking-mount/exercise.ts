import type { Exercise } from '#src/catalogue/exercise.ts';
import { exitStatus, servant, word } from '#src/checks/draw.ts';
import { stillShared } from '#src/checks/mounts.ts';
import { nameOf } from '#src/checks/namespaces.ts';
import type { Process } from '#src/checks/process.ts';

const PROC = '/proc';

export const exercise: Exercise = {
  title: 'The mount that leaks',
  kind: 'find the bug',
  points: 10,
  starterFails: "the mounts at the sandbox's /proc: expected 1, observed 2",
  hints: [
    {
      when: "the mounts at the sandbox's /proc",
      text: 'The container’s /proc lies on top of the sandbox’s: ps fails there, and will long after the container is gone. When did it get out? See the trace.',
    },
    {
      when: "the mounts at the sandbox's /proc",
      text: 'CLONE_NEWNS copies the mount table. Each copied mount stays a peer of its original until somebody says otherwise, and a mount passes to all peers at the moment it is made.',
    },
    {
      when: "the sandbox's mounts are",
      text: 'Which mount table does `/` belong to, in the process that makes the call? The tree of the container is to be made private, not that of its parent.',
    },
    {
      when: "the program's number in its /proc",
      text: 'No leak, but /proc is that of somebody else. procfs shows the PID namespace of the process that mounts it.',
    },
    { text: '`makePrivate()` is there. What it does counts for mounts that are made later.' },
    { text: 'Exchange two entries of the list.' },
  ],
  round() {
    const [hostname, status] = [word(), exitStatus()];
    return {
      settings: { hostname },
      scripts: { program: servant(status) },
      async check(trial) {
        const inside = await trial.program();
        const { mounts } = trial.parent;
        const look = `grep ' ${PROC} ' /proc/${trial.parent.pid}/mountinfo`;
        trial.expect("the mounts at the sandbox's /proc", {
          expected: 1,
          observed: mounts.filter(({ mountPoint }) => mountPoint === PROC).length,
          command: look,
        });
        trial.expect("the sandbox's mounts are", stillShared(trial, PROC));
        trial.expect("the program's number inside", {
          expected: 1,
          observed: inside.ownNumber,
          command: `grep NSpid /proc/${inside.pid}/status`,
        });
        trial.expect('the file system at /proc inside', {
          expected: 'proc',
          observed: inside.mounts.findLast(({ mountPoint }) => mountPoint === PROC)?.type,
          command: `grep ' ${PROC} ' /proc/${inside.pid}/mountinfo`,
        });
        const number = inside.numbers.at(-2) ?? 0;
        await trial.say(`cd ${PROC}`);
        trial.expect("the program's number in its /proc", {
          expected: 'only 1',
          observed: inside.holds(String(number))
            ? `${number}, as in the sandbox`
            : inside.holds('1')
              ? 'only 1'
              : 'none',
          command: `ls /proc/${inside.pid}/cwd/`,
        });
        trial.expect('the host name inside', { expected: hostname, ...(await nameOf(inside, 'hostname')) });
        await trial.expectStatus(status);
      },
    };
  },
};
