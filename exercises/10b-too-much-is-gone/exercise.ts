import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { pathsThere } from '#src/checks/files.ts';
import { asItWas, expectMountedInTime } from '#src/checks/mounts.ts';

const APP = '/mnt/app';
/** What the program must find, and what it must not. */
const THERE = ['/mnt/readme', `${APP}/program`, `${APP}/data`, `${APP}/data/new`, '/etc/passwd'];
const GONE = [`${APP}/data/old`, `${APP}/data/older`];

export const exercise: Exercise = {
  title: 'Too much is gone',
  kind: 'find the bug',
  points: 10,
  needs: ['image', 'attributes'],
  starterFails: '/mnt/app/program: expected there, observed not there',
  hints: [
    {
      when: '/mnt/app/program',
      text: 'The layer has no whiteout for it. What else hides a file that is below, and where has somebody put it?',
    },
    {
      when: '/mnt/app/data/old',
      text: 'Now both folders are shown as one. A new folder must say that it replaces the old one.',
    },
    {
      when: '/mnt/app/data/new',
      text: 'That is the upgrade itself: it must be on top, and the old version below it.',
    },
    {
      text: 'Opaque is the folder through which nothing of the layers below shows, and not the one in which it stands.',
    },
    { text: 'Only with `userxattr` does the kernel look at `user.overlay.opaque`, and only for the value `y`.' },
  ],
  round() {
    let atFirst: ReadonlySet<string> | undefined;
    return {
      scripts: { program: sentry() },
      begins: async (program) => {
        atFirst = await pathsThere(program, GONE);
      },
      async check(trial) {
        const program = await trial.program();
        const top = program.mounts.findLast(({ mountPoint }) => mountPoint === '/');
        trial.expect("the program's root", { expected: 'an overlay', observed: top ? `an ${top.type}` : 'no mount' });
        const there = await pathsThere(program, [...THERE, ...GONE]);
        for (const path of [...THERE, ...GONE]) {
          trial.expect(path, {
            expected: THERE.includes(path) ? 'there' : 'not there',
            observed: there.has(path) ? 'there' : atFirst?.has(path) ? 'there, when the program began' : 'not there',
            command: `ls -lR /proc/${program.pid}/root/mnt`,
          });
        }
        const covers = program.mounts.filter(({ mountPoint }) => /^\/mnt(\/|$)/.test(mountPoint));
        trial.expect('what is mounted in /mnt', {
          expected: 'nothing',
          observed: covers.map(({ mountPoint }) => mountPoint).join(', ') || 'nothing',
          command: `cat /proc/${program.pid}/mountinfo`,
        });
        const made = GONE.filter((path) => trial.history?.hasMade(`first${path}`) ?? true);
        trial.expect('the old data of the first version', {
          expected: 'in its layer',
          observed: made.length === GONE.length ? 'in its layer' : 'not made at all',
        });
        trial.expect('the mounts outside', asItWas(trial));
        expectMountedInTime(trial, program);
        await trial.expectStatus();
      },
    };
  },
};
