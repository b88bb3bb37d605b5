/** `npm run clean`: what dead runs have left goes, what lives or is not ours stays. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { controller, groupOf } from '../support/cgroup-files.ts';
import { startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, until, within } from '../support/kernel-test.ts';
import { lab, loader, ownCgroups, ownLinks, read, statFields, top } from '../support/lab.ts';
import { canRun, otherUsers, program, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('clean');

function clean(): string {
  const { status, stdout, stderr } = lab(['clean']);
  assert.equal([status, stderr], [0, '']);
  return stdout;
}

/** Ends a process that may have ended already. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

/** Makes a cgroup that goes away with the test, next to where the kit makes its own. */
function makeCgroup(name: string): string {
  const directory = join(groupOf('self', 'pids').directory, name);
  mkdirSync(directory);
  onTestEnd(() => existsSync(directory) && rmdirSync(directory));
  return directory;
}

const boot = read('/proc/sys/kernel/random/boot_id').slice(0, 8);

/** A process that carries a mark, as those inside a container do. */
async function startMarked(owner: string): Promise<ChildProcess> {
  const child = spawn('sleep', ['300'], { env: { PATH: process.env.PATH, CONTAINER_LAB: owner }, stdio: 'ignore' });
  onTestEnd(() => child.kill('SIGKILL'));
  await until('it sleeps', () => read(`/proc/${child.pid}/comm`) === 'sleep\n');
  return child;
}

/** A process in the network of another, which lives on without it. */
async function holdNetworkOf(pid: number): Promise<number> {
  const holder = spawn('nsenter', ['-t', String(pid), '--net', 'sleep', '300'], { stdio: 'ignore' });
  onTestEnd(() => holder.kill('SIGKILL'));
  await until('it sleeps', () => read(`/proc/${holder.pid}/comm`) === 'sleep\n');
  return holder.pid ?? 0;
}

/** Links in the network of a process, as the kernel lists them there. */
const linksSeenBy = (pid: number) => [...read(`/proc/${pid}/net/dev`).matchAll(/^\s*(\S+):/gm)].map(([, name]) => name);

kernelTest(
  test,
  [canRun(8), program('nsenter')],
  'a killed run leaves cgroups, and a link whose other end is held; clean removes them and says so',
  async () => {
    const before = ownLinks();
    const container = await startContainer(['8', '--pids', '50', '--memory', '64m']);
    const [link = ''] = ownLinks().filter((name) => !before.includes(name));
    const owner = read(`/sys/class/net/${link}/ifalias`).trim();
    const cgroups = ownCgroups().filter((directory) => directory.endsWith(`/${owner}`));
    assert.ok(owner !== '' && cgroups.length > 0);
    const holder = await holdNetworkOf(container.pid);
    await container.killKit();
    await container.ended();
    await until('its processes are gone', () => statFields(container.pid).length === 0);
    assert.ok(ownLinks().includes(link) && linksSeenBy(holder).includes('eth0'), 'both ends are still there');
    assert.ok(cgroups.every((directory) => existsSync(directory)));
    const said = clean().trim().split('\n');
    assert.equal([ownLinks().includes(link), linksSeenBy(holder)], [false, ['lo']]);
    assert.equal(
      cgroups.filter((directory) => existsSync(directory)),
      [],
    );
    assert.ok(said.includes(`removed link ${link}`), said.join('\n'));
    for (const directory of cgroups) assert.ok(said.includes(`removed cgroup ${directory}`), said.join('\n'));
    assert.not.match(clean(), link);
  },
);

kernelTest(
  test,
  [canRun(8)],
  'when the kit is killed, the kernel ends the container at once, and clean does the rest',
  async () => {
    const container = await startContainer(['8', '--pids', '50']);
    const { directory } = groupOf(container.pid, 'pids');
    await container.run('setsid sleep 300 & true');
    const [inside = ''] = read(`/proc/${container.pid}/task/${container.pid}/children`).trim().split(' ');
    process.kill(container.started, 'SIGKILL');
    await container.ended();
    await until('its processes are gone', () => [container.pid, inside].every((pid) => statFields(pid).length === 0));
    assert.ok(existsSync(directory), 'nobody was left to remove the cgroup');
    assert.match(clean(), directory);
    assert.not.ok(existsSync(directory));
  },
);

kernelTest(test, [canRun(1)], 'a process that a killed run of step 1 has left in the background is ended', async () => {
  const container = await startContainer(['1']);
  await container.run('(setsid sleep 300 &)');
  const children = () => read(`/proc/${container.started}/task/${container.started}/children`).trim().split(' ');
  const left = Number(
    await until('a daemon', () =>
      children().find((pid) => pid && Number(pid) !== container.pid && statFields(pid)[1] === '(sleep)'),
    ),
  );
  onTestEnd(() => statFields(left)[1] === '(sleep)' && end(left));
  await container.killKit();
  assert.is(statFields(left)[1], '(sleep)', 'it has survived the run');
  assert.match(clean(), new RegExp(`^removed process ${left}$`, 'm'));
  await until('it is gone', () => !['S', 'R', 'D'].includes(statFields(left)[2] ?? ''));
});

kernelTest(test, [canRun(8), program('ping')], "a living run's things stay", async () => {
  const container = await startContainer(['8', '--pids', '50', '--memory', '100m']);
  await container.run('sleep 300 & true');
  const [before, links, cgroups] = [statFields(container.pid)[21], ownLinks(), ownCgroups()];
  assert.ok(cgroups.length > 0);
  clean();
  assert.equal([statFields(container.pid)[21], ownLinks(), ownCgroups()], [before, links, cgroups]);
  const own = links.find((name) =>
    read(`/proc/${container.pid}/environ`).includes(read(`/sys/class/net/${name}/ifalias`).trim() || '\n'),
  );
  assert.ok(own);
  const address = JSON.parse(execFileSync('ip', ['-j', 'addr', 'show', own], { encoding: 'utf8' }))[0].addr_info[0]
    .local;
  const ping = spawnSync('nsenter', ['-t', String(container.pid), '--net', 'ping', '-c', '1', '-W', '2', address]);
  assert.is(ping.status, 0);
  assert.is(read(`/proc/${container.pid}/task/${container.pid}/children`).trim().split(' ').length, 1);
  assert.is(await container.end(), 0);
});

kernelTest(test, [otherUsers, program('setpriv')], 'a run that cannot be seen from here is not over: hidepid', () => {
  const look = `
    import('${top}/src/leftovers/owner.ts').then(({ newOwnerName, ownerState }) => {
      const other = process.argv[1];
      console.log(ownerState(other), ownerState(newOwnerName()), ownerState(other.replace(/-\\d+-1$/, '-1-1')));
    });`;
  const asNobody = 'exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"';
  const states = (options: string) => {
    const script = `mount -t proc ${options} proc /proc && ${asNobody}`;
    const node = [process.execPath, '--import', loader, '--eval', look, newOwnerName()];
    const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', ...node], {
      cwd: top,
      encoding: 'utf8',
      timeout: patience(20_000),
    });
    return stdout.trim() || stderr;
  };
  assert.is(states(''), 'lives lives over');
  assert.is(states('-o hidepid=2'), 'unknown lives unknown');
});

kernelTest(test, [canRun(7), controller('pids'), program('ip')], 'look-alikes stay', async () => {
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
  const alive = `container-lab-${boot}-${namespace}-${process.pid}-${statFields(process.pid)[21]}-1`;
  const elsewhere = `container-lab-${boot}-${Number(namespace) + 1}-999999999-1-1`;
  const gone = `container-lab-${boot}-${namespace}-999999999-1-1`;
  const anotherBoot = gone.replace(boot, boot === '01234567' ? '12345678' : '01234567');
  const names = [
    ...['container-lab', 'container-lab-notours', 'container-lab-1-2-3-4-5', `container-lab-${boot}-${namespace}`],
    ...[`my-${gone}`, `${gone}.bak`, elsewhere, anotherBoot, alive],
  ];
  const cgroups = names.map(makeCgroup);
  const marked = await Promise.all(['foo', '', 'container-lab', elsewhere, anotherBoot, alive].map(startMarked));

  // In a network of the test's own, so that the machine's is left alone.
  const links = [
    ['lab0', ''],
    ['lab7', 'somebody'],
    ['container-lab', 'container-lab'],
    ['lab1-router', ''],
    ['labor-abcdef', 'somebody'],
    ['other', elsewhere],
    ['living', alive],
  ] as const;
  const make = links.flatMap(([name, alias]) => [
    `ip link add ${name} type veth peer name p-${name.slice(0, 12)}`,
    ...(alias ? [`ip link set ${name} alias ${alias}`] : []),
  ]);
  const look = 'ls /sys/class/net';
  const script = `mount -t sysfs sysfs /sys; ${make.join(' && ')} && ${look} && echo --- && ${process.execPath} bin/lab.cjs clean >&2; ${look}`;
  const { stdout, stderr } = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', script], {
    cwd: top,
    encoding: 'utf8',
    timeout: patience(20_000),
  });
  const [before = '', after] = stdout.split('---\n');
  assert.ok(
    links.every(([name]) => before.split('\n').includes(name)),
    stderr,
  );
  assert.is(after, before, stderr);

  const said = clean();
  for (const name of names) assert.not.match(said, `/${name}\n`);
  const [far = '', near = ''] = [anotherBoot, alive].map((name) => cgroups[names.indexOf(name)] ?? '');
  const why = 'made by process 999999999 on another machine, or on this one before it was started anew';
  assert.match(said, `left alone: cgroup ${far}, ${why} (if that has ended: rmdir ${far})\n`);
  assert.not.match(said, near);
  assert.equal(
    cgroups.filter((directory) => !existsSync(directory)),
    [],
  );
  for (const child of marked) assert.is(statFields(child.pid ?? 0)[2], 'S', child.spawnargs.join(' '));
});

kernelTest(
  test,
  [canRun(7), controller('pids')],
  'a cgroup of a dead run goes with what is in it, also one inside it',
  async () => {
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
    // A number that no process can have: pid_max is at most 2^22.
    const directory = makeCgroup(`container-lab-${boot}-${namespace}-999999999-1-1`);
    const below = join(directory, 'below');
    mkdirSync(below);
    const child = spawn('sh', ['-c', `echo $$ >${below}/cgroup.procs; exec sleep 300`], { stdio: 'ignore' });
    onTestEnd(() => child.kill('SIGKILL'));
    await until('it is in', () => read(join(below, 'cgroup.procs')).trim() === String(child.pid));
    const ended = once(child, 'exit');
    assert.match(clean(), directory);
    assert.not.ok(existsSync(directory));
    assert.equal(await within(5000, 'its end', () => ended), [null, 'SIGKILL']);
  },
);

kernelTest(test, [root], 'a step looks for what others have left when a note says that one was killed', async () => {
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
  const gone = `container-lab-${boot}-${namespace}-999999999-1`;
  const left = await startMarked(`${gone}-1`);
  const state = () => statFields(left.pid ?? 0)[2];
  const place = `/dev/shm/container-lab-${process.geteuid?.()}`;
  // This process has one as well, since it has made up names of runs.
  const notes = () => readdirSync(place);
  newOwnerName();
  const before = notes();
  assert.is(lab(['step', '0', '--', 'true']).status, 0);
  assert.equal([state(), notes()], ['S', before], 'without a note there is no look, and a note goes with its process');

  writeFileSync(join(place, gone), '');
  onTestEnd(() => rmSync(join(place, gone), { force: true }));
  assert.is(lab(['step', '0', '--', 'true']).status, 0);
  await until('what was left has ended', () => state() !== 'S');
  assert.equal(notes(), before);

  const container = await startContainer(['1']);
  assert.is(notes().length, before.length + 1);
  await container.killKit();
  assert.is(notes().length, before.length + 1, 'who is killed leaves a note');
  clean();
  assert.equal(notes(), before);
});

kernelTest(test, [canRun(8)], 'after a run there is nothing to clean', async () => {
  const container = await startContainer(['8', '--pids', '50']);
  const owner = /CONTAINER_LAB=([^\0]*)/.exec(readFileSync(`/proc/${container.pid}/environ`, 'utf8'))?.[1] ?? '?';
  await container.end();
  assert.not.match(clean(), owner);
  assert.ok(readdirSync('/sys/class/net').every((name) => read(`/sys/class/net/${name}/ifalias`).trim() !== owner));
});

test.run();
