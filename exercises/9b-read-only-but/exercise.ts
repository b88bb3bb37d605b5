import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { expectMountedInTime } from '#src/checks/mounts.ts';
import type { Process } from '#src/checks/process.ts';
import type { Mount } from '#src/proc/mountinfo.ts';

const FOLDER = '/tmp/data';
/** Where the program sees each of the two, and where it is outside. */
const PLACES = [
  ['/mnt', FOLDER],
  ['/mnt/disk', `${FOLDER}/disk`],
] as const;

export const exercise: Exercise = {
  title: 'Read-only, but',
  kind: 'find the bug',
  points: 10,
  needs: ['image'],
  starterFails: '/mnt/disk: expected read-only, observed writable',
  hints: [
    {
      when: 'what is mounted at /mnt/disk',
      text: 'That is only the empty directory on which the disk is mounted outside. Or it is another file system. The program must see the host’s.',
    },
    {
      when: '/mnt',
      text: 'A bind mount takes no flag but MS_REC. Read-only it becomes afterwards.',
    },
    {
      when: '/mnt/disk',
      text: 'Two mounts, and two flags. Whose flag does the second call of `mountVolume` set?',
    },
    {
      when: '/tmp',
      text: 'Now too much is read-only. The folder is one tree of mounts, and the container’s others are not in it.',
    },
    {
      when: 'the folder outside',
      text: 'Whatever is set on the file system, or on the mount outside, counts for the host as well. Only the copies are to be read-only.',
    },
    { text: 'MS_REC says nothing to MS_REMOUNT.' },
    { text: '`npm run calls -- makeReadOnly`' },
  ],
  round() {
    return {
      scripts: { program: sentry() },
      async check(trial) {
        const program = await trial.program();
        const look = `cat /proc/${program.pid}/mountinfo`;
        for (const [inside, outside] of PLACES) {
          const [seen, host] = [mountAt(program, inside), mountAt(trial.ground, outside)];
          trial.expect(`what is mounted at ${inside}`, {
            expected: `the file system of ${outside}`,
            observed: isSame(seen, host) ? `the file system of ${outside}` : seen ? 'another one' : 'nothing',
            command: look,
          });
          trial.expect(`the way to ${inside}`, {
            expected: 'it leads there',
            observed: program.device(inside) === seen?.device ? 'it leads there' : 'another mount is in the way',
            command: `stat /proc/${program.pid}/root${inside}`,
          });
          trial.expect(inside, {
            expected: 'read-only',
            observed: seen?.options.includes('ro') ? 'read-only' : 'writable',
            command: look,
          });
          const others = program.mounts.filter(
            (mount) => mount.device === host?.device && !mount.options.includes('ro'),
          );
          trial.expect(`where else ${outside} is writable for the program`, {
            expected: 'nowhere',
            observed: others.map(({ mountPoint }) => mountPoint).join(', ') || 'nowhere',
            command: look,
          });
        }
        trial.expect('the folder outside', {
          expected: 'writable',
          observed: PLACES.every(([, outside]) => isWritable(mountAt(trial.ground, outside)))
            ? 'writable'
            : 'read-only',
          command: `cat /proc/${trial.ground.pid}/mountinfo`,
        });
        const scratch = mountAt(program, '/tmp');
        trial.expect('/tmp', {
          expected: 'a tmpfs, writable',
          observed: scratch ? `a ${scratch.type}, ${isWritable(scratch) ? 'writable' : 'read-only'}` : 'nothing',
          command: look,
        });
        trial.expect("the program's root", {
          expected: "the image's",
          observed: program.directory('root') === trial.image ? "the image's" : 'some other directory',
        });
        expectMountedInTime(trial, program);
        await trial.expectStatus();
      },
    };
  },
};

function mountAt({ mounts }: Pick<Process, 'mounts'>, path: string): Mount | undefined {
  return mounts.findLast(({ mountPoint }) => mountPoint === path);
}

function isSame(one: Mount | undefined, other: Mount | undefined): boolean {
  return one !== undefined && one.device === other?.device && one.root === other.root;
}

function isWritable(mount: Mount | undefined): boolean {
  return [mount?.options, mount?.superOptions].every((options) => options?.includes('rw'));
}
