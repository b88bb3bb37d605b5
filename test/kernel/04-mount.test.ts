/** Step 4: a mount table of its own, private, and a /proc that tells the truth; the host's table stays as it is. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { read, statFields } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { numbersOf } from '../support/steps.ts';

const test = suite('step 4');

const hostMounts = () => readFileSync('/proc/self/mountinfo', 'utf8');

interface Mount {
  readonly device: string;
  readonly mountPoint: string;
  readonly options: string[];
  readonly tags: string[];
  readonly type: string;
}

/** The mounts that a process sees: proc_pid_mountinfo(5). */
function mountsOf(pid: number): Mount[] {
  return read(`/proc/${pid}/mountinfo`)
    .trim()
    .split('\n')
    .map((line) => {
      const [front = '', back = ''] = line.split(' - ');
      const [, , device = '', , mountPoint = '', options = '', ...tags] = front.split(' ');
      return { device, mountPoint, options: options.split(','), tags, type: back.split(' ')[0] ?? '' };
    });
}

/** The processes that a /proc shows. */
const processesIn = (proc: string) => readdirSync(proc).filter((name) => /^\d+$/.test(name));

kernelTest(test, [canRun(4)], "the host's mount table is the same before, during and after", async () => {
  const before = hostMounts();
  const container = await startContainer(['4']);
  assert.is(hostMounts(), before);
  await container.output('cat /proc/mounts');
  assert.is(hostMounts(), before);
  assert.is(read(`/proc/${container.started}/mountinfo`), before);
  assert.is(await container.end(), 0);
  assert.is(hostMounts(), before);
  assert.is(readlinkSync('/proc/self'), String(process.pid));
});

kernelTest(test, [canRun(4)], 'inside, /proc is a new one, over a copy of the table of the host', async () => {
  const container = await startContainer(['4']);
  const [mine, inside] = [mountsOf(process.pid), mountsOf(container.pid)];
  const added = inside.filter(({ device }) => !mine.some((mount) => mount.device === device));
  assert.equal(
    added.map(({ mountPoint, type }) => [mountPoint, type]),
    [['/proc', 'proc']],
  );
  for (const option of ['nosuid', 'nodev', 'noexec']) assert.ok(added[0]?.options.includes(option), option);
  assert.is(inside.length, mine.length + 1);
  await container.end();
});

kernelTest(test, [canRun(4)], 'the new /proc shows the processes of the container, and no other', async () => {
  const container = await startContainer(['4']);
  const proc = `/proc/${container.pid}/root/proc`;
  assert.equal(processesIn(proc), ['1']);
  assert.is(read(`${proc}/1/cmdline`), read(`/proc/${container.pid}/cmdline`));
  await container.run('sleep 60 & true');
  assert.equal(processesIn(proc), ['1', '2']);
  assert.is(await container.output('ps -e -o pid= -o comm= | wc -l'), '4', 'sh, sleep, ps and wc');
  await container.end();
});

for (const step of numbersOf('mnt')) {
  kernelTest(test, [canRun(step)], `step ${step}: no mount inside is shared with the outside`, async () => {
    const container = await startContainer([String(step)]);
    assert.equal(
      mountsOf(container.pid).filter(({ tags }) => tags.length > 0),
      [],
    );
    await container.end();
  });

  // Most machines have "/" shared, the development machine not: there, what
  // is mounted without care inside appears outside, too.
  kernelTest(test, [canRun(step), program('unshare')], `step ${step} leaks no mount to a shared "/"`, async () => {
    const records = temporaryDirectory();
    const [before, after] = [join(records, 'before'), join(records, 'after')];
    const script = `cat /proc/self/mountinfo >${before}; "$@"; status=$?; cat /proc/self/mountinfo >${after}; exit $status`;
    const wrap = ['unshare', '--mount', '--propagation', 'shared', 'sh', '-c', script, 'wrapper'];
    const host = hostMounts();

    const container = await startContainer([String(step)], { wrap });
    const kit = Number(statFields(container.pid)[3]);
    const table = read(before);
    assert.match(table, /^\d+ \d+ \S+ \S+ \/ .* shared:\d+ .*- /m, '"/" is shared');
    assert.is.not(readlinkSync(`/proc/${kit}/ns/mnt`), readlinkSync('/proc/self/ns/mnt'));
    assert.equal(read(`/proc/${kit}/mountinfo`).split('\n'), table.split('\n'));
    assert.is(hostMounts(), host);
    assert.equal(
      mountsOf(container.pid).filter(({ tags }) => tags.length > 0),
      [],
    );
    assert.ok(mountsOf(container.pid).length > 0);
    assert.is(await container.end(), 0);
    assert.is(read(after), table);
    assert.is(hostMounts(), host);
  });
}

kernelTest(test, [canRun(4)], 'what is mounted inside later stays inside, and is gone with the container', async () => {
  const directory = temporaryDirectory();
  const wrap = ['unshare', '--mount', '--propagation', 'shared'];
  const container = await startContainer(['4'], { wrap });
  const before = read(`/proc/${container.started}/mountinfo`);
  await container.output(`mount -t tmpfs inside ${directory} && touch ${directory}/witness`);
  assert.ok(mountsOf(container.pid).some(({ mountPoint }) => mountPoint === directory));
  assert.equal(readdirSync(`/proc/${container.pid}/root${directory}`), ['witness']);
  assert.equal(readdirSync(directory), []);
  assert.is(read(`/proc/${container.started}/mountinfo`), before);
  await container.end();
});

test.run();
