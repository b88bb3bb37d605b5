import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { ownNamespace } from '#src/checks/ground.ts';
import { asItWas, expectMountedInTime, lookAtMounts, rootsBelow } from '#src/checks/mounts.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';
import { IMAGE } from '#src/grading/visible-kit.ts';
import type { Mount } from '#src/proc/mountinfo.ts';

const DEVICE = /^\/dev\/(null|zero|full|u?random|tty)$/;

export const exercise: Exercise = {
  title: 'The defence',
  kind: 'write it',
  points: 10,
  needs: ['image'],
  starterFails: "the program's root: expected the image's, observed the sandbox's",
  hints: [
    {
      when: "the program's root",
      text: 'The prisoner climbed out. As long as the old root is in the mount namespace, there is somewhere to climb to. Which call swaps the roots?',
    },
    {
      when: "the sandbox's own root",
      text: 'pivot_root(2) moves the root of everybody in the mount namespace. The container needs one of its own.',
    },
    {
      when: 'the mounts of the image outside',
      text: 'A mount has appeared outside. The tree must be private before anything is mounted.',
    },
    {
      when: "the root of the program's mount namespace",
      text: 'chroot moves one process. Here the mount namespace itself must have another root, and that is what pivot_root(2) does.',
    },
    {
      when: "what is left of the sandbox's files",
      text: 'pivot_root puts the old root somewhere below the new one. There it stays until it is unmounted, with MNT_DETACH, for it is in use.',
    },
    {
      when: "what lies under the root of the program's mount namespace",
      text: 'A mount that is moved to `/` lies on top of the old root, and whoever is root inside can unmount it. pivot_root(2) puts one in the place of the other.',
    },
    {
      when: '/proc',
      text: '`/proc` has to be mounted inside of the image, and before the old root is gone: the kernel wants to see one first.',
    },
    {
      when: 'the program runs',
      text: 'pivot_root(2) lists its conditions under EINVAL: the new root is a mount point, and neither it nor what it is mounted on may be shared.',
    },
    {
      text: '`pivotRoot(".", ".")` needs no directory for the old root: it lies on top of the new one, until `umount(".", MNT.MNT_DETACH)`.',
    },
    {
      text: 'In order: private; the image bound to itself, which makes it a mount point; /proc in it; chdir; pivotRoot; umount; chdir("/").',
    },
  ],
  round() {
    return {
      scripts: { program: sentry() },
      async check(trial) {
        const program = await trial.program();
        const roots = `stat -L -c %d:%i /proc/${program.pid}/root /proc/${trial.parent.pid}/root`;
        const moved = trial.ground.directory('root') !== trial.ground.root;
        trial.expect("the sandbox's own root", {
          expected: 'where it was',
          observed: moved ? 'moved to the image' : 'where it was',
          command: roots,
        });
        const image = inWords(trial, program.directory('root'));
        const first = inWords(trial, (trial.beginningOf(program) ?? program).directory('root'));
        trial.expect("the program's root", {
          expected: "the image's",
          observed: first === image ? image : `${first}, when the program began`,
          command: roots,
        });
        trial.expect('the mounts of the image outside', {
          expected: 1,
          observed: imageMounts(trial).length,
          command: `cat /proc/${trial.ground.pid}/mountinfo`,
        });
        await lookAtMounts(program, (view) => {
          trial.expect("the root of the program's mount namespace", {
            expected: "the image's",
            observed: inWords(trial, view.directory('root')),
          });
          trial.expect("what is left of the sandbox's files", {
            expected: 'nothing',
            observed: leftovers(trial, view).join(', ') || 'nothing',
            command: `cat /proc/${program.pid}/mountinfo`,
          });
          const proc = view.mounts.findLast(({ mountPoint }) => mountPoint === '/proc');
          trial.expect('/proc', {
            expected: 'a proc of its own',
            observed: procInWords(trial, proc),
            command: `grep ' /proc ' /proc/${program.pid}/mountinfo`,
          });
        });
        const below = await rootsBelow(program);
        trial.expect("what lies under the root of the program's mount namespace", {
          expected: "nothing of the sandbox's",
          observed: below.includes(trial.ground.root) ? "the sandbox's root" : "nothing of the sandbox's",
        });
        trial.expect('the mount namespace', ownNamespace(trial, program, 'mnt'));
        trial.expect("the sandbox's mount table", asItWas(trial));
        expectMountedInTime(trial, program);
        await trial.expectStatus();
      },
    };
  },
};

function inWords(trial: Trial, root: string): string {
  if (root === trial.image) return "the image's";
  return root === trial.ground.root ? "the sandbox's" : 'some other directory';
}

/** Where the sandbox shows the image: the one place where it was, and nothing on top of it or elsewhere. */
function imageMounts(trial: Trial): readonly Mount[] {
  const { mounts } = trial.ground;
  const image = mounts.find(({ mountPoint }) => mountPoint === IMAGE);
  return mounts.filter(
    (mount) => identity(mount) === (image && identity(image)) || mount.mountPoint.startsWith(`${image?.mountPoint}/`),
  );
}

/** Mounts that the sandbox has as well. Devices are bound from there, as step 8 does it. */
function leftovers(trial: Trial, view: Process): string[] {
  const outside = trial.ground.mounts.filter(({ mountPoint }) => mountPoint !== IMAGE);
  const known = new Set(outside.map(identity));
  return view.mounts
    .filter((mount) => known.has(identity(mount)) && !DEVICE.test(mount.mountPoint))
    .map(({ mountPoint }) => mountPoint)
    .slice(0, 4);
}

function procInWords(trial: Trial, proc: Mount | undefined): string {
  if (proc?.type !== 'proc') return proc?.type ?? 'none';
  return trial.ground.mounts.some(({ device }) => device === proc.device) ? "the sandbox's" : 'a proc of its own';
}

/** Which directory of which file system it is. */
function identity({ device, root }: Mount): string {
  return `${device} ${root}`;
}
