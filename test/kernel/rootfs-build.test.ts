/** Builds that run at once, are interrupted, fail, or belong to somebody. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildImage } from '../../rootfs-builder/build.ts';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { otherUsers } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const kit = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const isRoot = process.geteuid?.() === 0;
const USER = 65534;

const test = suite<{ top: string; place: string }>('rootfs-build');

test.before.each((context) => {
  context.top = mkdtempSync(join(tmpdir(), 'rootfs-build-'));
  context.place = join(context.top, 'rootfs');
});

test.after.each(({ top }) => rmSync(top, { recursive: true, force: true }));

/** Another process that builds, with a recipe that never ends if asked so. */
function build(place: string, how: { umask?: string; forever?: boolean; env?: object; as?: string[] } = {}) {
  const script = how.forever
    ? `const { buildImage } = await import('${kit}/rootfs-builder/build.ts');
       const { writeFileSync } = await import('node:fs');
       await buildImage({ name: 'host', build: async (target) => {
         writeFileSync(target + '/half', '');
         await new Promise((end) => setTimeout(end, ${patience(60_000)}));
       } }, '${place}/host');`
    : `const { ensureImage } = await import('${kit}/rootfs-builder/images.ts');
       process.umask(0o${how.umask ?? '022'});
       await ensureImage('host', { place: '${place}' });`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
  const [program = '', ...args] = [...(how.as ?? []), ...node];
  const env = { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1', ...how.env };
  return spawn(program, args, {
    cwd: kit,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: patience(60_000),
    killSignal: 'SIGKILL',
  });
}

const statusOf = async (child: ReturnType<typeof build>): Promise<unknown> => (await once(child, 'exit'))[0];

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + patience(20_000); !condition(); await sleep(10)) {
    assert.ok(Date.now() < deadline, 'waited in vain');
  }
}

/** Path, mode and size of all that is in a directory; the sizes of directories are the file system's affair. */
function listing(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const status = lstatSync(path);
      const size = status.isDirectory() ? 'directory' : status.size;
      return `${relative(directory, path)} ${(status.mode & 0o7777).toString(8)} ${size}`;
    })
    .sort();
}

const unfinishedIn = (place: string) =>
  (existsSync(place) ? readdirSync(place) : []).filter((name) => name.startsWith('.building-'));

test('builds at once all succeed and leave one image', async ({ place }) => {
  const statuses = await Promise.all([1, 2, 3].map(() => statusOf(build(place))));
  assert.equal(statuses, [0, 0, 0]);
  assert.equal(readdirSync(place), ['host']);
});

test("the loser of the race keeps the winner's image", async ({ place }) => {
  const fill = (text: string, before: () => Promise<unknown>) => async (target: string) => {
    writeFileSync(join(target, 'who'), text);
    await before();
  };
  const meta = { name: 'x', title: '', takes: '' };
  const first = { ...meta, build: fill('first', async () => {}) };
  const second = { ...meta, build: fill('second', () => buildImage(first, join(place, 'x'))) };
  await buildImage(second, join(place, 'x'));
  assert.equal(readdirSync(place), ['x']);
  assert.is(lstatSync(join(place, 'x/who')).size, 'first'.length);
});

test("what a killed build leaves is removed by the next one, a live one's is not", async ({ place }) => {
  const [killed, alive] = [build(place, { forever: true }), build(place, { forever: true })];
  try {
    await until(() => unfinishedIn(place).filter((name) => existsSync(join(place, name, 'image/half'))).length === 2);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    assert.is(unfinishedIn(place).length, 2);
    await ensureImage('host', { place });
    assert.is(unfinishedIn(place).length, 1);
    assert.match(unfinishedIn(place)[0] ?? '', `-${alive.pid}-`);
  } finally {
    killed.kill('SIGKILL');
    alive.kill('SIGKILL');
    await until(() => alive.exitCode !== null || alive.signalCode !== null);
  }
});

test('a recipe that fails leaves nothing, and says what failed where', async ({ place }) => {
  const recipe = {
    name: 'x',
    title: '',
    takes: '',
    build: async () => {
      throw new Error('no space');
    },
  };
  const error = await buildImage(recipe, join(place, 'x')).catch((reason: Error) => reason);
  assert.match(String(error), /Building the image `x` in .*\/x failed:\n {2}no space/);
  assert.equal(readdirSync(place), []);
});

test('whatever the umask, images are alike, and their folder is closed to other users', async ({ top }) => {
  const places = ['022', '077', '000'].map((umask) => [umask, join(top, umask)] as const);
  const statuses = await Promise.all(places.map(([umask, place]) => statusOf(build(place, { umask }))));
  assert.equal(statuses, [0, 0, 0]);
  const [one, ...others] = places.map(([, place]) => listing(place));
  for (const other of others) assert.equal(other, one);
  for (const [, place] of places) assert.is(lstatSync(place).mode & 0o777, 0o700);
});

if (isRoot) {
  const ownersIn = (directory: string) =>
    new Set(readdirSync(directory, { recursive: true }).map((name) => lstatSync(join(directory, String(name))).uid));

  test("under sudo the image and its place are the user's; of root alone, root's", async ({ top }) => {
    const [shared, own] = [join(top, 'made/by/sudo'), join(top, 'by-root')];
    const env = { SUDO_UID: `${USER}`, SUDO_GID: `${USER}` };
    assert.equal(await Promise.all([statusOf(build(shared, { env })), statusOf(build(own))]), [0, 0]);
    assert.equal(
      [ownersIn(join(top, 'made')), lstatSync(join(top, 'made')).uid, lstatSync(top).uid],
      [new Set([USER]), USER, 0],
    );
    assert.equal(ownersIn(own), new Set([0]));
  });

  const name = 'an ordinary user builds what root builds, and enters it';
  const closed = otherUsers();
  if (closed) console.log(`skipped: ${name}: ${closed}`);
  (closed ? test.skip : test)(name, async ({ top, place }) => {
    chownSync(top, USER, USER);
    const as = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];
    const theirs = join(top, 'theirs');
    assert.equal(await Promise.all([statusOf(build(theirs, { as })), statusOf(build(place))]), [0, 0]);
    assert.equal(listing(theirs), listing(place));
    assert.equal(ownersIn(theirs), new Set([USER]));
    const enter = [
      'unshare',
      '--user',
      '--map-root-user',
      'chroot',
      join(theirs, 'host'),
      '/bin/bash',
      '-c',
      'echo $(id -un) >/tmp/who && rm /tmp/who',
    ];
    assert.is(await statusOf(spawn('timeout', ['20', ...as, ...enter], { stdio: ['ignore', 'ignore', 'inherit'] })), 0);
  });
}

test.run();
