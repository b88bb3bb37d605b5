/** Step 6: an empty network and a cable to the host, seen with the kernel's own tables from both sides. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Run } from '../../src/lab/run.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { openCheckpoint, release, waitFor } from '../../src/steps/02-ipc.ts';
import { type Cable as Chosen, chooseCable, layCable, setUpNetwork } from '../../src/steps/06-net.ts';
import { CLONE_NEWNET } from '../../src/syscalls/flags.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { type Container, startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, until } from '../support/kernel-test.ts';
import { ownLinks, read } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('step 6');
const needs = [canRun(6), program('nsenter'), program('ip'), program('ping')];

interface Interface {
  readonly ifname: string;
  readonly ifindex: number;
  /** The index of the other end of the cable, in the other's namespace. */
  readonly link_index?: number;
  readonly flags: readonly string[];
  readonly operstate: string;
  readonly ifalias?: string;
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

/** A command in the network namespace of a process, with the host's programs and files. */
const inNetworkOf = (pid: number, ...words: string[]) => ['nsenter', '-t', String(pid), '--net', ...words];

function output([program = '', ...words]: readonly string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', timeout: patience(20_000) });
}

const interfacesOf = (pid: number): Interface[] => JSON.parse(output(inNetworkOf(pid, 'ip', '-j', 'addr')));

const ipv4 = ({ addr_info }: Interface) =>
  addr_info.filter(({ family }) => family === 'inet').map(({ local, prefixlen }) => `${local}/${prefixlen}`);

function pings([program = '', ...words]: readonly string[]): boolean {
  return spawnSync(program, words, { timeout: patience(20_000) }).status === 0;
}

const ping = (address: string) => ['ping', '-c', '2', '-i', '0.2', '-W', '3', address];

interface Cable {
  readonly outside: Interface;
  readonly inside: Interface;
  readonly near: string;
  readonly far: string;
}

/** Both ends of a container's cable; the kit's side is wherever the kit runs. */
function cableOf(container: Container): Cable {
  const inside = interfacesOf(container.pid).find(({ ifname }) => ifname === 'eth0');
  const outside = interfacesOf(container.started).find(({ ifindex }) => ifindex === inside?.link_index);
  assert.ok(inside && outside, 'there is a cable');
  const address = (end: Interface) => ipv4(end)[0]?.split('/')[0] ?? '';
  return { inside, outside, near: address(outside), far: address(inside) };
}

kernelTest(test, needs, 'inside there are lo and eth0, both up, and nothing of the host', async () => {
  const container = await startContainer(['6']);
  const interfaces = interfacesOf(container.pid);
  assert.equal(interfaces.map(({ ifname }) => ifname).sort(), ['eth0', 'lo']);
  for (const { ifname, flags } of interfaces) assert.ok(flags.includes('UP') && flags.includes('LOWER_UP'), ifname);
  assert.equal(interfaces.filter(({ ifname }) => ifname === 'lo').flatMap(ipv4), ['127.0.0.1/8']);
  const shown = read(`/proc/${container.pid}/net/dev`).match(/^\s*\S+(?=:)/gm);
  assert.equal(shown?.map((name) => name.trim()).sort(), ['eth0', 'lo']);
  assert.ok(pings(inNetworkOf(container.pid, ...ping('127.0.0.1'))));
  assert.is(await container.end(), 0);
});

kernelTest(
  test,
  needs,
  'on a host with no other container, the ends are 169.254.1.1/30 and 169.254.1.2/30',
  async () => {
    // A network of the test's own is the host here: its first container is the only one.
    const container = await startContainer(['6'], { wrap: ['unshare', '--net'] });
    // The kernel says a moment after an interface has a carrier that it has one.
    const { inside, outside } = await until('both ends have a carrier', () => {
      const cable = cableOf(container);
      return cable.inside.operstate === 'UP' && cable.outside.operstate === 'UP' && cable;
    });
    assert.equal([ipv4(outside), ipv4(inside)], [['169.254.1.1/30'], ['169.254.1.2/30']]);
    assert.is(outside.ifname, 'lab0');
    assert.is(
      inside.ifindex,
      JSON.parse(output(inNetworkOf(container.started, 'ip', '-j', 'link', 'show', 'lab0')))[0].link_index,
    );
    // An address that was a /16 for a moment would leave routes and broadcast addresses behind.
    const routes = (pid: number) =>
      output(
        inNetworkOf(pid, 'ip', '-4', 'route', 'show', 'table', 'all', 'dev', pid === container.pid ? 'eth0' : 'lab0'),
      );
    for (const pid of [container.pid, container.started]) {
      assert.not.match(routes(pid), /169\.254\.(0\.0|255\.255)/);
      assert.match(routes(pid), '169.254.1.0/30');
    }
    assert.is(await container.end(), 0);
  },
);

kernelTest(test, needs, 'each end pings the other', async () => {
  const container = await startContainer(['6']);
  const { near, far } = cableOf(container);
  assert.ok(pings(inNetworkOf(container.pid, ...ping(near))), `inside reaches ${near}`);
  assert.ok(pings(ping(far)), `outside reaches ${far}`);
  await container.end();
  assert.not.ok(pings(['ping', '-c', '1', '-W', '1', far]), 'nobody answers afterwards');
});

kernelTest(test, needs, 'the other end is reached over the cable: its counters say so', async () => {
  const container = await startContainer(['6']);
  const { outside, far } = cableOf(container);
  const packets = () => Number(read(`/sys/class/net/${outside.ifname}/statistics/rx_packets`));
  const before = packets();
  assert.ok(pings(ping(far)));
  assert.ok(packets() >= before + 2);
  await container.end();
});

kernelTest(test, [...needs, program('bash')], 'TCP works in both directions', async () => {
  const container = await startContainer(['6']);
  const { near, far } = cableOf(container);

  const server = createServer((socket) => socket.on('error', () => {}).end(`hello ${socket.remoteAddress}\n`));
  onTestEnd(() => server.close());
  await once(server.listen(0, near), 'listening');
  const { port } = server.address() as { port: number };
  const answer = await container.output(`bash -c 'cat </dev/tcp/${near}/${port}'`);
  assert.is(answer, `hello ${far}`);

  const script = `require('node:net').createServer((socket) => socket.end('hello ' + socket.remoteAddress)).listen(4711, '${far}')`;
  await container.run(`'${process.execPath}' -e "${script}" & true`);
  const talk = () =>
    spawnSync('bash', ['-c', `cat </dev/tcp/${far}/4711`], { encoding: 'utf8', timeout: patience(5000) }).stdout;
  assert.is(await until('an answer', talk), `hello ${near}`);
  await container.end();
});

kernelTest(test, needs, "the host's network is out of reach, but for the cable", async () => {
  const server = createServer().on('connection', (socket) => socket.end('host\n'));
  onTestEnd(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  const connect = `bash -c 'cat </dev/tcp/127.0.0.1/${port}'`;
  const sharing = await startContainer(['5']);
  assert.is(await sharing.output(connect), 'host', 'in step 5 it is reached');
  await sharing.end();
  const container = await startContainer(['6']);
  assert.is.not((await container.run(connect)).status, 0);
  await container.end();
});

kernelTest(test, needs, 'containers at the same time have names, addresses and neighbours of their own', async () => {
  const containers = [await startContainer(['6']), await startContainer(['6']), await startContainer(['8'])];
  const cables = containers.map(cableOf);
  for (const of of [
    ({ outside }: Cable) => outside.ifname,
    ({ outside }: Cable) => String(outside.ifindex),
    ({ near }: Cable) => near,
    ({ far }: Cable) => far,
  ]) {
    assert.is(new Set(cables.map(of)).size, 3, cables.map(of).join(' '));
  }
  cables.forEach(({ near, far }, number) => {
    assert.ok(pings(ping(far)), `outside reaches ${far}`);
    assert.ok(pings(inNetworkOf(containers[number]?.pid ?? 0, ...ping(near))), `inside reaches ${near}`);
  });
  assert.equal(await Promise.all(containers.map((container) => container.end())), [0, 0, 0]);
});

kernelTest(test, needs, 'the link bears the name of its run, and is gone with it', async () => {
  const before = ownLinks();
  const container = await startContainer(['6']);
  const { outside } = cableOf(container);
  assert.equal(
    ownLinks().filter((name) => !before.includes(name)),
    [outside.ifname],
    'the other end has moved',
  );
  const environment = readFileSync(`/proc/${container.pid}/environ`, 'utf8').split('\0');
  assert.ok(environment.includes(`CONTAINER_LAB=${read(`/sys/class/net/${outside.ifname}/ifalias`).trim()}`));
  await container.end();
  assert.equal(ownLinks(), before);
});

kernelTest(test, needs, 'the link is gone at once also when the program is killed', async () => {
  const before = ownLinks();
  const container = await startContainer(['6']);
  process.kill(container.pid, 'SIGKILL');
  assert.is(await container.ended(), 128 + 9);
  assert.equal(ownLinks(), before);
});

kernelTest(test, needs, 'the link is gone at once also when somebody is still in its network', async () => {
  const before = ownLinks();
  const container = await startContainer(['6']);
  const [program = '', ...words] = inNetworkOf(container.pid, 'sleep', '300');
  const holder = spawn(program, words, { stdio: 'ignore' });
  onTestEnd(() => holder.kill('SIGKILL'));
  await until('it sleeps', () => read(`/proc/${holder.pid}/comm`) === 'sleep\n');
  assert.is(await container.end(), 0);
  assert.equal(ownLinks(), before);
  assert.equal(
    interfacesOf(holder.pid ?? 0).map(({ ifname }) => ifname),
    ['lo'],
    'the network is there, and the cable is not',
  );
});

/** A run in this process, whose containers wait for a line at the other end of a cable. */
async function layIn(run: Run): Promise<{ pid: number; cable: Chosen }> {
  const checkpoint = await openCheckpoint(run);
  const cable = await chooseCable(run);
  assert.ok(cable);
  const { pid } = await run.clone([...waitFor(checkpoint), ...setUpNetwork(cable), ...run.program], CLONE_NEWNET);
  await layCable(run, pid, cable);
  await release(run, checkpoint);
  return { pid, cable };
}

const newRun = (owner = newOwnerName()) =>
  new Run({ owner, settings: DEFAULTS, program: [execve('/bin/sleep', ['sleep', '300'], [])] });

kernelTest(test, needs, 'two cables in one run are two cables', async () => {
  const before = ownLinks();
  const run = newRun();
  onTestEnd(() => run.end());
  const made = [await layIn(run), await layIn(run)];
  assert.is(new Set(made.flatMap(({ cable }) => [cable.name, cable.inside, cable.outside])).size, 6);
  assert.equal(ownLinks(), [...before, ...made.map(({ cable }) => cable.name)].sort());
  for (const { pid, cable } of made) {
    await until('the program runs', () => read(`/proc/${pid}/comm`) === 'sleep\n');
    assert.is(read(`/sys/class/net/${cable.name}/ifalias`).trim(), run.owner);
    assert.ok(pings(ping(cable.inside)) && pings(inNetworkOf(pid, ...ping(cable.outside))), cable.name);
  }
  await run.end();
  assert.equal(ownLinks(), before);
});

kernelTest(
  test,
  needs,
  'a name that somebody else takes after it was chosen: one clear line, and theirs stays',
  async () => {
    const before = ownLinks();
    const run = newRun();
    onTestEnd(() => run.end());
    const cable = await chooseCable(run);
    const name = cable?.name ?? '';
    const { pid } = await run.clone([...run.program], CLONE_NEWNET);
    output(['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'theirs']);
    onTestEnd(() => spawnSync('ip', ['link', 'delete', name]));
    const error = await layCable(run, pid, cable).catch((reason: Error) => reason);
    assert.match(
      error?.message ?? '',
      /= -1 EEXIST \(File exists\)\n {2}An interface has that name already, .* Run it again/,
    );
    await run.end();
    assert.equal(ownLinks(), [...before, name, 'theirs'].sort());
    const again = newRun();
    onTestEnd(() => again.end());
    assert.is.not((await chooseCable(again))?.name, name, 'it is passed over');
  },
);

kernelTest(test, needs, 'the network of steps 7 and 8 is the same', async () => {
  for (const step of ['7', '8']) {
    const container = await startContainer([step]);
    const { near, far } = cableOf(container);
    assert.ok(pings(ping(far)) && pings(inNetworkOf(container.pid, ...ping(near))), `step ${step}`);
    assert.equal(
      interfacesOf(container.pid)
        .map(({ ifname }) => ifname)
        .sort(),
      ['eth0', 'lo'],
    );
    await container.end();
  }
});

test.run();
