import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, word } from '#src/checks/draw.ts';
import { ownNamespace } from '#src/checks/ground.ts';
import { asItWas, expectMountedInTime, stillShared } from '#src/checks/mounts.ts';
import { programsName, sandboxsName } from '#src/checks/namespaces.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';
import type { Mount } from '#src/proc/mountinfo.ts';

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
    const hostname = word();
    return {
      settings: { hostname },
      scripts: { program: sentry() },
      async check(trial) {
        const inside = await trial.program();
        const { mounts } = trial.ground;
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
          observed: procOf(inside)?.type,
          command: `grep ' ${PROC} ' /proc/${inside.pid}/mountinfo`,
        });
        trial.expect("the program's number in its /proc", {
          expected: 'only 1',
          observed: numberInProc(trial, inside),
          command: `ls /proc/${inside.pid}/root${PROC}`,
        });
        trial.expect('the mount namespace', ownNamespace(trial, inside, 'mnt'));
        trial.expect('the host name inside', await programsName(trial, inside, 'hostname', hostname));
        trial.expect("the sandbox's host name", await sandboxsName(trial, 'hostname'));
        trial.expect("the sandbox's mount table", asItWas(trial));
        expectMountedInTime(trial, inside);
        await trial.expectStatus();
      },
    };
  },
};

function procOf({ mounts }: Process): Mount | undefined {
  return mounts.findLast(({ mountPoint }) => mountPoint === PROC);
}

/** The number of the program in its own /proc. procfs shows one PID namespace, and which one is no matter of names. */
function numberInProc({ ground }: Trial, inside: Process): string {
  const proc = procOf(inside);
  if (proc?.device === procOf(ground)?.device) return `${inside.numbers.at(-2)}, as in the sandbox`;
  const first = inside.linkAt(`${PROC}/1/ns/pid`);
  return proc?.root === '/' && inside.device(`${PROC}/1`) === proc.device && first === inside.namespace('pid')
    ? 'only 1'
    : 'none';
}
