import type { Exercise } from '#src/catalogue/exercise.ts';
import { oneOf, sentry } from '#src/checks/draw.ts';
import { isLink, isSameFile, pathsThere } from '#src/checks/files.ts';
import { asItWas, expectMountedInTime, lookAtMounts } from '#src/checks/mounts.ts';

/** What there is in the image's /etc. */
const FILES = ['group', 'hosts', 'nsswitch.conf', 'os-release', 'passwd', 'profile'] as const;

export const exercise: Exercise = {
  title: 'The gap',
  kind: 'write it',
  points: 10,
  needs: ['image'],
  rounds: 2,
  starterFails: 'the file that is to be hidden: expected not there, observed there',
  hints: [
    {
      when: 'the file that is to be hidden',
      text: 'An empty file is a file. In the upper directory there must be something of the same name that stands for no file at all.',
    },
    {
      when: 'the other files of /etc',
      text: 'Now the whole of /etc is hidden, or replaced. Only one name in it is to have something in front of it; the directory above is a directory.',
    },
    {
      when: 'what is mounted in /etc',
      text: 'A mount covers a file, and leaves its name. An overlay can do better: look at what a deletion leaves in the upper directory.',
    },
    {
      when: 'the program runs',
      text: 'Which call failed? ENOENT: the directory that the device goes into is not there yet. Through the overlay itself the kernel lets nobody make a whiteout, and a device with another number nobody in a user namespace.',
    },
    { text: 'A whiteout is a character device 0:0: `npm run calls -- makeDevice`.' },
    { text: 'Before the mount: a directory `upper/etc`, and in it the device.' },
  ],
  round() {
    const hidden = oneOf(FILES);
    const others = FILES.filter((name) => name !== hidden);
    let atFirst: ReadonlySet<string> = new Set();
    return {
      given: { hidden: `etc/${hidden}` },
      scripts: { program: sentry() },
      begins: async (program) => {
        atFirst = await pathsThere(program, [`/etc/${hidden}`]);
      },
      async check(trial) {
        const program = await trial.program();
        const look = `ls -l /proc/${program.pid}/root/etc`;
        const top = program.mounts.findLast(({ mountPoint }) => mountPoint === '/');
        await lookAtMounts(program, (view) => {
          const isTop = view.directory('root') === program.directory('root');
          trial.expect("the program's root", {
            expected: 'an overlay, at the top of its mount namespace',
            observed: isTop ? `${top?.type ?? 'no mount'}, at the top of its mount namespace` : 'some other directory',
            holds: isTop && top?.type === 'overlay',
            command: `cat /proc/${program.pid}/mountinfo`,
          });
        });
        const there = await pathsThere(program, [`/etc/${hidden}`, ...others.map((name) => `/etc/${name}`)]);
        trial.expect('the file that is to be hidden', {
          expected: 'not there',
          observed: there.has(`/etc/${hidden}`)
            ? 'there'
            : atFirst.has(`/etc/${hidden}`)
              ? 'there, when the program began'
              : 'not there',
          command: look,
        });
        trial.expect('/etc', {
          expected: 'a directory',
          observed: isLink(program, '/etc') ? 'a link to another place' : 'a directory',
          command: `ls -ld /proc/${program.pid}/root/etc`,
        });
        const covers = program.mounts.filter(({ mountPoint }) => /^\/etc(\/|$)/.test(mountPoint));
        trial.expect('what is mounted in /etc', {
          expected: 'nothing',
          observed: covers.map(({ mountPoint }) => mountPoint).join(', ') || 'nothing',
          command: `cat /proc/${program.pid}/mountinfo`,
        });
        const own = others.filter(
          (name) => there.has(`/etc/${name}`) && isSameFile(program, `/etc/${name}`, `${trial.imagePath}/etc/${name}`),
        );
        trial.expect('the other files of /etc', {
          expected: "all there, and the image's own",
          observed:
            own.length === others.length ? "all there, and the image's own" : `${own.length} of ${others.length}`,
          command: look,
        });
        trial.expect('the mounts outside', asItWas(trial));
        expectMountedInTime(trial, program);
        await trial.expectStatus();
      },
    };
  },
};
