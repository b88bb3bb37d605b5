/** Step 5: who is who inside and outside, read from /proc/PID of the container and from the owners of its files. */
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Container, type ContainerOptions, startContainer } from '../support/container.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { read } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { numbersOf } from '../support/steps.ts';

const test = suite('step 5');
const needs = [canRun(5)];

/** Lines of uid_map or gid_map; as the reader is outside, so are the second numbers. */
const mapOf = ({ pid }: Container, kind: 'uid' | 'gid') =>
  read(`/proc/${pid}/${kind}_map`)
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).join(' '));

/** Real, effective, saved and file system id, as the host counts. */
const idsOf = ({ pid }: Container, kind: 'Uid' | 'Gid') =>
  new RegExp(`^${kind}:\\s*(.*)$`, 'm')
    .exec(read(`/proc/${pid}/status`))?.[1]
    ?.split(/\s+/)
    .map(Number);

const groupsOf = ({ pid }: Container) => /^Groups:(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1]?.trim();

const fourTimes = (id: number) => [id, id, id, id];

/** A directory in which everybody may make files. */
function worldWritable(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o777);
  return directory;
}

/** Without what a real sudo around the tests would add. */
const withoutSudo = { SUDO_UID: '', SUDO_GID: '' };

const start = (words: readonly string[] = [], { env, ...rest }: ContainerOptions = {}) =>
  startContainer(['5', ...words], { env: { ...withoutSudo, ...env }, ...rest });

kernelTest(test, needs, 'without sudo, root inside is an unprivileged range outside', async () => {
  const container = await start();
  assert.equal([mapOf(container, 'uid'), mapOf(container, 'gid')], [['0 1000000000 65536'], ['0 1000000000 65536']]);
  assert.equal([idsOf(container, 'Uid'), idsOf(container, 'Gid')], [fourTimes(1e9), fourTimes(1e9)]);
  assert.is(groupsOf(container), '');
  assert.is(read(`/proc/${container.pid}/setgroups`), 'allow\n');
  assert.is(await container.output('id -u; id -g; id -G'), '0\n0\n0');
  assert.is(await container.end(), 0);
});

kernelTest(test, [canRun(5), program('setpriv')], 'the groups of the caller are not taken inside', async () => {
  const container = await start([], { wrap: ['setpriv', '--groups', '4,24,27'] });
  assert.match(read(`/proc/${container.started}/status`), /^Groups:\s*4 24 27/m);
  assert.is(groupsOf(container), '');
  await container.end();
});

kernelTest(test, needs, 'with sudo, root inside is the user who called it', async () => {
  const container = await start([], { env: { SUDO_UID: '1234', SUDO_GID: '2345' } });
  assert.equal([mapOf(container, 'uid'), mapOf(container, 'gid')], [['0 1234 1'], ['0 2345 1']]);
  assert.equal([idsOf(container, 'Uid'), idsOf(container, 'Gid')], [fourTimes(1234), fourTimes(2345)]);
  assert.is(groupsOf(container), '');
  await container.end();
});

const CALLERS: Record<string, Record<string, string>> = {
  'sudo by root': { SUDO_UID: '0', SUDO_GID: '0' },
  'a SUDO_UID that is no number': { SUDO_UID: 'root', SUDO_GID: '-5' },
  'only a SUDO_UID': { SUDO_UID: '1234' },
};

for (const [name, env] of Object.entries(CALLERS)) {
  kernelTest(test, needs, `nobody inside is real root: ${name}`, async () => {
    const container = await start([], { env });
    for (const kind of ['uid', 'gid'] as const) {
      for (const line of mapOf(container, kind)) assert.ok(Number(line.split(' ')[1]) > 0, `${kind}: ${line}`);
    }
    assert.ok([...(idsOf(container, 'Uid') ?? [0]), ...(idsOf(container, 'Gid') ?? [0])].every((id) => id > 0));
    await container.end();
  });
}

kernelTest(test, needs, 'maps of several ranges, as asked for', async () => {
  const directory = worldWritable();
  const container = await start([
    ...['--uid-map', '0:200000:1000', '--uid-map=1000:300000:10', '--uid-map', '5000:400000:1'],
    ...['--gid-map', '0:500000:1000', '--gid-map', '1000:600000:20'],
  ]);
  assert.equal(mapOf(container, 'uid'), ['0 200000 1000', '1000 300000 10', '5000 400000 1']);
  assert.equal(mapOf(container, 'gid'), ['0 500000 1000', '1000 600000 20']);
  assert.equal([idsOf(container, 'Uid'), idsOf(container, 'Gid')], [fourTimes(200000), fourTimes(500000)]);
  await container.output(`: >${directory}/root`);
  await container.output(`setpriv --reuid 1003 --regid 1004 --clear-groups touch ${directory}/user`);
  const owners = ['root', 'user'].map((name) => {
    const { uid, gid } = statSync(join(directory, name));
    return [uid, gid];
  });
  assert.equal(owners, [
    [200000, 500000],
    [300003, 600004],
  ]);
  assert.is.not((await container.run(`setpriv --reuid 2000 --clear-groups true`)).status, 0, '2000 is not mapped');
  await container.end();
});

kernelTest(test, needs, "a file made inside is the mapped user's outside, and root's inside", async () => {
  const directory = worldWritable();
  const container = await start();
  await container.output(`: >${directory}/made; chown 33:44 ${directory}/made; : >${directory}/own`);
  const [made, own] = [statSync(join(directory, 'made')), statSync(join(directory, 'own'))];
  assert.equal([made.uid, made.gid, own.uid, own.gid], [1e9 + 33, 1e9 + 44, 1e9, 1e9]);
  assert.is(await container.output(`stat -c %u:%g ${directory}/made ${directory}/own`), '33:44\n0:0');
  await container.end();
});

kernelTest(test, needs, "root inside has no rights on the files and processes of real root's", async () => {
  const directory = worldWritable();
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'secret\n', { mode: 0o600 });
  // The same look in step 4, where root inside is real root, finds it.
  const privileged = await startContainer(['4']);
  assert.is(await privileged.output(`cat ${secret}`), 'secret');
  await privileged.end();

  const container = await start();
  const answers = [
    await container.run(`cat ${secret}`),
    await container.run(`chown 0 ${secret}`),
    await container.run('echo x >/proc/sys/kernel/domainname'),
    await container.run(`kill -0 ${process.pid}`),
    await container.run('mknod /dev/shm/kernel-test-node b 254 0'),
  ];
  assert.equal(
    answers.filter(({ status }) => status === 0),
    [],
  );
  assert.is(await container.output(`stat -c %u:%g ${secret}`), '65534:65534', 'whom it cannot name');
  assert.match(read(`/proc/${container.pid}/status`), /^CapEff:\t0*[1-9a-f]/m, 'although it has capabilities');
  await container.end();
});

for (const step of numbersOf('user').slice(1)) {
  kernelTest(test, [canRun(step)], `step ${step} maps its ids in the same way`, async () => {
    const words = [String(step), '--uid-map', '0:200000:1000', '--gid-map', '0:500000:1000'];
    const container = await startContainer(words, { env: withoutSudo });
    assert.equal([mapOf(container, 'uid'), mapOf(container, 'gid')], [['0 200000 1000'], ['0 500000 1000']]);
    assert.equal([idsOf(container, 'Uid'), idsOf(container, 'Gid')], [fourTimes(200000), fourTimes(500000)]);
    assert.is(groupsOf(container), '');
    await container.end();
  });
}

test.run();
