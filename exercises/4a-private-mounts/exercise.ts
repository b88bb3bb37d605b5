import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole, word } from '#src/checks/draw.ts';
import type { Expectation } from '#src/checks/expectation.ts';
import { ownNamespace } from '#src/checks/ground.ts';
import { asItWas, expectMountedInTime, sinceItBegan, stillShared } from '#src/checks/mounts.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';
import { type Mount, mountOf } from '#src/proc/mountinfo.ts';

const MIB = 2 ** 20;

export const exercise: Exercise = {
  title: 'Private mounts',
  kind: 'write it',
  points: 10,
  starterFails: 'the file system at the scratch: expected tmpfs',
  hints: [
    {
      when: "the sandbox's mounts below /tmp",
      text: 'A mount of the container has appeared outside. Where mounts are shared, a copy of the table passes on what is mounted in it. What does step 4 do first?',
    },
    {
      when: "the sandbox's mounts below /tmp",
      text: 'Which side makes the mount? What the parent performs, it does to its own table.',
    },
    {
      when: "the sandbox's mounts are",
      text: 'Whose tree has been made private? The call belongs into the child’s list: what the parent performs changes the sandbox.',
    },
    { when: 'the mount namespace', text: 'Without CLONE_NEWNS the container has no mount table of its own.' },
    { when: 'the file system at the scratch', text: 'The type is `tmpfs`; the source can be any word.' },
    {
      when: 'the size of the scratch',
      text: "The last argument of `mount` is for the file system's own options: `size=…`. See tmpfs(5) for the units.",
    },
    { when: 'the shelf shows', text: 'A bind mount: the flag is MS_BIND, the source a directory, and the type null.' },
    {
      when: 'the shelf is',
      text: 'With MS_BIND, mount(2) looks at no other flag but MS_REC: it makes no error, and the mount can be written. Search mount(2) for "read-only bind mount".',
    },
    {
      when: 'the shelf is',
      text: 'It takes two calls: the second changes the mount that the first has made, with MS_REMOUNT | MS_BIND | MS_RDONLY.',
    },
    {
      when: 'the source can be written',
      text: 'Only the mount at the shelf is to be read-only. Without MS_BIND, a remount changes the file system, and so every mount of it.',
    },
    {
      when: 'the program runs',
      text: 'EBUSY from a remount? Without MS_BIND it would change the file system itself, and others are writing there.',
    },
    {
      text: 'In this order: the tree private, the tmpfs, the bind mount, the bind mount again to make it read-only, the program.',
    },
  ],
  round() {
    const [scratch, source, shelf] = [word(), word(), word()].map((name) => `/tmp/${name}`) as [string, string, string];
    const size = whole(5, 40) * MIB;
    return {
      given: { scratch, size, source, shelf },
      directories: [scratch, source, shelf],
      scripts: { program: sentry() },
      async check(trial) {
        const inside = await trial.program();
        trial.expect('the mount namespace', ownNamespace(trial, inside, 'mnt'));
        trial.expect("the sandbox's mounts below /tmp", mountsBelow(trial.ground, '/tmp'));
        trial.expect("the sandbox's mounts are", stillShared(trial, '/tmp'));
        const look = `grep -e ${scratch} -e ${shelf} /proc/${inside.pid}/mountinfo`;
        const tmpfs = mountAt(inside, scratch);
        trial.expect('the file system at the scratch', {
          expected: 'tmpfs',
          observed: sinceItBegan(trial, inside, tmpfs?.type ?? 'nothing is mounted there'),
          command: look,
        });
        const limit = tmpfs?.superOptions.find((option) => option.startsWith('size='));
        trial.expect('the size of the scratch', {
          expected: `size=${size / 1024}k, or less`,
          observed: limit ?? 'no limit',
          command: look,
          holds: limit !== undefined && Number.parseInt(limit.slice('size='.length), 10) <= size / 1024,
        });
        const bind = mountAt(inside, shelf);
        const device = mountAt(trial.ground, '/tmp')?.device;
        trial.expect('the shelf shows', {
          expected: source,
          observed: bind?.device === device ? `/tmp${bind?.root}` : (bind?.type ?? 'nothing is mounted there'),
          command: look,
        });
        trial.expect('the shelf is', { expected: 'ro', observed: bind?.options[0], command: look });
        trial.expect('the scratch is reached', reached(inside, scratch, tmpfs));
        trial.expect('the shelf is reached', reached(inside, shelf, bind));
        trial.expect('the scratch can be written', writable(inside, scratch));
        trial.expect('the source can be written', writable(inside, source));
        trial.expect('the source can be written outside', writable(trial.ground, source));
        trial.expect("the sandbox's mount table", asItWas(trial));
        expectMountedInTime(trial, inside);
        await trial.expectStatus();
      },
    };
  },
};

/** What is mounted at a place, and not covered by something later. */
function mountAt({ mounts }: Process, place: string): Mount | undefined {
  return mounts.findLast(({ mountPoint }) => mountPoint === place);
}

function mountsBelow({ pid, mounts }: Process, place: string): Expectation {
  const found = mounts.filter(({ mountPoint }) => mountPoint.startsWith(`${place}/`));
  return {
    expected: 'none',
    observed: found.map(({ type, mountPoint }) => `${type} at ${mountPoint}`).join(', ') || 'none',
    command: `grep ${place} /proc/${pid}/mountinfo`,
  };
}

/** Whether the way to a place ends in its mount, and not in something that was mounted above it later. */
function reached(inside: Process, place: string, mount: Mount | undefined): Expectation {
  const device = inside.device(place);
  return {
    expected: 'by its path',
    observed: device === mount?.device ? 'by its path' : 'not: another mount is in the way',
    command: `stat /proc/${inside.pid}/root${place}`,
  };
}

/** Whether the mount that a place is on, and its file system, can be written. */
function writable({ pid, mounts }: Process, place: string): Expectation {
  const mount = mountOf(place, mounts);
  const written = mount && [mount.options, mount.superOptions].every((options) => options.includes('rw'));
  return { expected: 'yes', observed: written ? 'yes' : 'no', command: `grep /tmp /proc/${pid}/mountinfo` };
}
