/** `--rootfs` before step 8: the program runs from the image, and step by step gets more of what belongs there. */
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { startContainer } from '../support/container.ts';
import { copyOf, identity, rootOf } from '../support/image.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { lab } from '../support/lab.ts';
import { canRun } from '../support/needs.ts';
import { numbersOf } from '../support/steps.ts';

const test = suite('--rootfs before step 8');
const USER = 1234;

let image = '';
test.before(async () => {
  image = await ensureImage('host');
});

/** Without a mount namespace there is no /dev, and the shell in the container asks for one file of it. */
function imageWithNull(owner?: number): string {
  const copy = copyOf(image, owner, temporaryDirectory(owner));
  writeFileSync(join(copy, 'dev/null'), '');
  return copy;
}

const USERS = [
  { who: 'asRoot', owner: 0, options: { env: { SUDO_UID: '', SUDO_GID: '' } } },
  { who: 'rootless', owner: USER, options: { uid: USER } },
] as const;

for (const { who, owner, options } of USERS) {
  for (const number of numbersOf().filter((step) => !numbersOf('image').includes(step))) {
    kernelTest(
      test,
      [canRun(number, who)],
      `step ${number}, ${who}: the program and its root are the image's`,
      async () => {
        const copy = imageWithNull(owner);
        const rootless = who === 'rootless' ? ['--rootless'] : [];
        const container = await startContainer([String(number), ...rootless, '--rootfs', copy], options);
        assert.is(identity(`${rootOf(container)}/.`), identity(copy));
        assert.is(identity(`/proc/${container.pid}/exe`), identity(join(copy, 'usr/bin/sh')));
        assert.is(await container.output('pwd; stat -c %u /etc/passwd'), '/\n0');
        const sharesMounts =
          readlinkSync(`/proc/${container.pid}/ns/mnt`) === readlinkSync(`/proc/${container.started}/ns/mnt`);
        assert.is(sharesMounts, number < 4);
        assert.is((await container.run('test -c /dev/null && test -d /proc/self/fd')).status, number < 4 ? 1 : 0);
        assert.is(/Without a mount namespace/.test(container.narration), number < 4);
        assert.is(await container.end(), 0);
        assert.equal([readdirSync(join(copy, 'dev')), readdirSync(join(copy, 'proc'))], [['null'], []]);
      },
    );
  }
}

kernelTest(test, [canRun(7)], 'the experiment of step 7 runs in an image, too', () => {
  const { status, stdout } = lab(['step', '7', '--rootfs', 'host'], { input: 'stat -c %d:%i /; exit 3\n' });
  assert.is(status, 3);
  assert.match(stdout, /^cpu0 \d+ % busy$/m);
  assert.ok(stdout.split('\n').includes(identity(image)), stdout);
});

kernelTest(test, [canRun(3)], 'what the image lacks is said before anything starts', () => {
  const empty = temporaryDirectory();
  const { status, stderr } = lab(['step', '3', '--rootfs', empty, '--', 'true']);
  assert.is(status, 127);
  assert.match(stderr, `true: command not found in ${empty}`);
  assert.equal(readdirSync(empty), []);
});

test.run();
