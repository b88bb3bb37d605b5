/** Step 11: containers on a bridge, seen from the outside: a router, a server in the world, and the kernel's own tables. */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hostsFile } from '../../src/leftovers/network.ts';
import { type Container, type ContainerOptions, startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { lab, ownLinks, read } from '../support/lab.ts';
import { leftoversOf, NONE } from '../support/leftovers.ts';
import { many, start as startRun } from '../support/many.ts';
import { canRun, program } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('step 11');
const needs = [canRun(11), program('nsenter'), program('ip'), program('ping')];
const withNft = [...needs, program('nft')];

const start = (words: readonly string[] = [], options: ContainerOptions = {}) =>
  startContainer(['11', ...words], options);

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const forwarding = () => read(FORWARDING).trim();

function output([program = '', ...words]: readonly string[]): string {
  return execFileSync(program, words, {
    encoding: 'utf8',
    timeout: patience(20_000),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A command in the network of a process, with this machine's programs. */
const inNetworkOf = (pid: number, ...words: string[]) => ['nsenter', '-t', String(pid), '--net', ...words];

function run([program = '', ...words]: readonly string[], timeout = patience(20_000)): SpawnSyncReturns<string> {
  return spawnSync(program, words, { encoding: 'utf8', timeout });
}

const pings = (pid: number, address: string) =>
  run(inNetworkOf(pid, 'ping', '-c', '2', '-i', '0.2', '-W', '3', address)).status === 0;

interface Interface {
  readonly ifname: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

const interfacesOf = (pid: number): Interface[] => JSON.parse(output(inNetworkOf(pid, 'ip', '-j', 'addr')));

function eth0Of({ pid }: Container): Interface {
  const found = interfacesOf(pid).find(({ ifname }) => ifname === 'eth0');
  assert.ok(found, 'there is eth0');
  return found;
}

function addressOf(container: Container): string {
  return eth0Of(container).addr_info.find(({ family }) => family === 'inet')?.local ?? '';
}

const rules = () => run(['nft', 'list', 'ruleset']).stdout;
const tables = () => run(['nft', 'list', 'tables']).stdout;

/** The world: a network namespace at the other end of this host's eth0, with 192.0.2.1 and, behind it, 203.0.113.9. */
async function makeWorld(): Promise<number> {
  const holder = spawn('unshare', ['--net', 'sleep', '1000'], { stdio: 'ignore' });
  onTestEnd(() => holder.kill('SIGKILL'));
  const pid = holder.pid ?? 0;
  await until('the world is there', () => read(`/proc/${pid}/comm`) === 'sleep\n');
  output(['ip', 'link', 'add', 'world0', 'type', 'veth', 'peer', 'name', 'world', 'netns', String(pid)]);
  onTestEnd(() => run(['ip', 'link', 'delete', 'world0']));
  output(['ip', 'address', 'add', '198.51.100.2/24', 'dev', 'world0']);
  output(['ip', 'link', 'set', 'world0', 'up']);
  output(['ip', 'route', 'add', '203.0.113.0/24', 'via', '198.51.100.1']);
  for (const words of [
    ['address', 'add', '198.51.100.1/24', 'dev', 'world'],
    ['address', 'add', '203.0.113.9/32', 'dev', 'lo'],
    ['link', 'set', 'world', 'up'],
    ['link', 'set', 'lo', 'up'],
  ]) {
    output(inNetworkOf(pid, 'ip', ...words));
  }
  return pid;
}

/** The host's address towards the world, and a server's in it. */
const HOST = '198.51.100.2';
const SERVER = '203.0.113.9';

const SERVE = `
  const [protocol, port, address] = process.argv.slice(1);
  if (protocol === 'tcp') {
    require('node:net').createServer((socket) => socket.on('error', () => {}).end(socket.remoteAddress)).listen(+port, address);
  } else {
    const socket = require('node:dgram').createSocket('udp4');
    socket.on('message', (_, { address, port }) => socket.send(address, port, address)).bind(+port, address);
  }`;

/** Starts a server in the network of a process that tells each client who it seems to be. */
async function serve(pid: number, protocol: 'tcp' | 'udp', port: number, address = '0.0.0.0'): Promise<void> {
  const [command = '', ...words] = inNetworkOf(pid, process.execPath, '-e', SERVE, protocol, String(port), address);
  const server = spawn(command, words, { stdio: 'inherit' });
  onTestEnd(() => server.kill('SIGKILL'));
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  await until(`${protocol} ${port}`, () => read(`/proc/${pid}/net/${protocol}`).includes(hex));
}

const ASK = `
  const [protocol, address, port] = process.argv.slice(1);
  setTimeout(() => process.exit(1), 5000);
  if (protocol === 'tcp') {
    require('node:net').connect(+port, address).on('error', ({ code }) => process.stdout.write(code)).pipe(process.stdout);
    process.stdout.on('finish', () => process.exit());
  } else {
    const socket = require('node:dgram').createSocket('udp4');
    socket.on('error', ({ code }) => process.exit(!process.stdout.write(code)));
    socket.on('message', (bytes) => process.stdout.write(bytes, () => process.exit()));
    socket.connect(+port, address, () => socket.send('x'));
  }
  setInterval(() => {}, 1000);
  if (protocol === 'tcp') process.stdout.on('unpipe', () => process.exit());`;

/** Who a client in the network of a process seems to be to the server behind an address and a port. */
function ask(pid: number, protocol: 'tcp' | 'udp', address: string, port: number): string {
  return run(inNetworkOf(pid, process.execPath, '-e', ASK, protocol, address, String(port))).stdout;
}

kernelTest(test, needs, 'eth0 has an address of the bridge, which is the way to everything else', async () => {
  const container = await start();
  const { addr_info, address } = eth0Of(container);
  assert.equal(
    addr_info.filter(({ family }) => family === 'inet').map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    ['10.11.0.2/24'],
  );
  assert.is(address, '02:42:0a:0b:00:02');
  const routes = output(inNetworkOf(container.pid, 'ip', '-4', 'route'));
  assert.match(routes, /^default via 10\.11\.0\.1 dev eth0/m);
  assert.equal(readdirSync('/sys/class/net/container-lab/brif'), ['labp2']);
  assert.match(output(['ip', '-4', 'address', 'show', 'container-lab']), ' 10.11.0.1/24 ');
  const environment = read(`/proc/${container.pid}/environ`).split('\0');
  assert.ok(environment.includes(`CONTAINER_LAB=${read('/sys/class/net/labp2/ifalias').trim()}`));
  assert.is(await container.end(), 0);
});

kernelTest(
  test,
  needs,
  'the bridge, forwarding and the names: there while there is a container, and no longer',
  async () => {
    assert.is(forwarding(), '0', 'a host of its own passes on nothing');
    const [links, before] = [ownLinks(), existsSync('/usr/sbin/nft') ? rules() : ''];
    const [one, other] = [await start(['--hostname', 'one']), await start(['--hostname', 'other'])];
    assert.is(forwarding(), '1');
    assert.match(one.narration, /ip_forward was 0.*until the last container is gone/);
    assert.not.match(other.narration, 'ip_forward');
    await one.end();
    assert.is(forwarding(), '1', 'one is still there');
    assert.ok(existsSync('/sys/class/net/container-lab') && existsSync(hostsFile()));
    await other.end();
    assert.is(forwarding(), '0');
    assert.equal(ownLinks(), links);
    assert.not.ok(existsSync(hostsFile()));
    if (existsSync('/usr/sbin/nft')) assert.is(rules(), before);
  },
);

kernelTest(test, needs, 'where forwarding is on, it stays on', async () => {
  writeFileSync(FORWARDING, '1');
  onTestEnd(() => writeFileSync(FORWARDING, '0'));
  const container = await start();
  assert.not.match(container.narration, 'ip_forward');
  await container.end();
  assert.is(forwarding(), '1');
});

kernelTest(test, needs, 'containers reach one another by address and by name, also those that come later', async () => {
  const web = await start(['--hostname', 'web']);
  const db = await start(['--hostname', 'db']);
  for (const [from, to, name] of [
    [web, db, 'db'],
    [db, web, 'web'],
    [web, web, 'web'],
  ] as const) {
    assert.ok(pings(from.pid, addressOf(to)), `${name} by its address`);
    assert.match(
      read(`/proc/${from.pid}/root/etc/hosts`),
      new RegExp(`^${addressOf(to).replaceAll('.', '\\.')}\\t${name}$`, 'm'),
    );
  }
  await db.end();
  assert.not.match(read(`/proc/${web.pid}/root/etc/hosts`), 'db', 'a name goes with its container');
  const second = await start(['--hostname', 'web']);
  assert.match(second.narration, 'web is 10.11.0.2 on the network already');
  assert.is(read(`/proc/${second.pid}/root/etc/hosts`).match(/web/g)?.length, 1);
  assert.is.not((await second.run('echo mine >/etc/hosts')).status, 0, 'nobody inside writes to it');
  assert.equal(await Promise.all([web.end(), second.end()]), [0, 0]);
});

kernelTest(test, needs, 'a program inside finds the other by its name', async () => {
  const web = await start(['--hostname', 'web']);
  await serve(web.pid, 'tcp', 80);
  const other = await start();
  assert.is(await other.output(`bash -c 'cat </dev/tcp/web/80'`), addressOf(other));
  await Promise.all([web.end(), other.end()]);
});

kernelTest(test, withNft, 'the outside is reached, and sees the host’s address', async () => {
  const world = await makeWorld();
  await serve(world, 'tcp', 80, SERVER);
  const container = await start();
  assert.ok(pings(container.pid, SERVER));
  assert.is(ask(container.pid, 'tcp', SERVER, 80), HOST);
  await container.end();
});

kernelTest(
  test,
  withNft,
  'published ports: clients outside, on the host, on the bridge, and the container itself',
  async () => {
    const world = await makeWorld();
    const container = await start(['-p', '8080:80', '-p', '5353:53/udp']);
    await serve(container.pid, 'tcp', 80);
    await serve(container.pid, 'udp', 53);
    const other = await start();
    const client = addressOf(other);
    for (const [protocol, port] of [
      ['tcp', 8080],
      ['udp', 5353],
    ] as const) {
      assert.is(ask(world, protocol, HOST, port), '198.51.100.1', `${protocol}: who comes from outside is seen`);
      for (const [what, pid, address] of [
        ['on the host', process.pid, HOST],
        ['on 127.0.0.1', process.pid, '127.0.0.1'],
        ['from another container', other.pid, HOST],
        ['from another container, by the gateway', other.pid, '10.11.0.1'],
        ['from itself', container.pid, HOST],
      ] as const) {
        assert.is(ask(pid, protocol, address, port), '10.11.0.1', `${protocol} ${what}`);
      }
    }
    assert.is(ask(other.pid, 'tcp', addressOf(container), 80), client, 'without a published port, too');
    await Promise.all([container.end(), other.end()]);
    assert.is(ask(world, 'tcp', HOST, 8080), 'ECONNREFUSED', 'nobody listens afterwards');
  },
);

kernelTest(test, withNft, 'a port published at one address is not at another', async () => {
  const world = await makeWorld();
  const container = await start(['-p', '127.0.0.1:8080:80', '-p', `${HOST}:8081:80`]);
  await serve(container.pid, 'tcp', 80);
  assert.is(ask(process.pid, 'tcp', '127.0.0.1', 8080), '10.11.0.1');
  assert.is(ask(process.pid, 'tcp', HOST, 8080), 'ECONNREFUSED');
  assert.is(ask(world, 'tcp', HOST, 8080), 'ECONNREFUSED');
  assert.is(ask(world, 'tcp', HOST, 8081), '198.51.100.1');
  assert.is(ask(process.pid, 'tcp', '127.0.0.1', 8081), 'ECONNREFUSED');
  await container.end();
});

kernelTest(
  test,
  needs,
  'a port that is taken: one clear line, nothing is left, and it is free when its container is gone',
  async () => {
    const server = createServer();
    onTestEnd(() => server.close());
    await once(server.listen(8080, '127.0.0.1'), 'listening');
    const { status, stderr } = lab(['step', '11', '-p', '8080:80', 'true']);
    assert.is(status, 125);
    assert.match(
      stderr,
      /bind\(.*htons\(8080\).*EADDRINUSE.*\n {2}Another program has that port: `ss -tulnp` tells which\./,
    );
    assert.not.ok(existsSync('/sys/class/net/container-lab'));
    server.close();
    for (let times = 0; times < 2; times++) {
      const container = await start(['-p', '8080:80']);
      await serve(container.pid, 'tcp', 80);
      assert.is(ask(process.pid, 'tcp', '127.0.0.1', 8080), '10.11.0.1');
      await container.end();
    }
  },
);

const FOREIGN = `table inet theirs {
  chain forward { type filter hook forward priority 0; policy drop; }
  chain mine { type filter hook input priority 0; policy accept; tcp dport 1 counter drop; }
}`;

kernelTest(
  test,
  withNft,
  'where foreign rules drop what is passed on, the proxy serves all; the rules stay as they were',
  async () => {
    const world = await makeWorld();
    output(['nft', FOREIGN]);
    onTestEnd(() => run(['nft', 'delete', 'table', 'inet', 'theirs']));
    const before = rules();
    const container = await start(['-p', '8080:80', '-p', '5353:53/udp']);
    assert.match(container.narration, 'FORWARD policy DROP): the proxy serves the published ports');
    await serve(container.pid, 'tcp', 80);
    await serve(container.pid, 'udp', 53);
    assert.is(ask(world, 'tcp', HOST, 8080), '10.11.0.1', 'from outside');
    assert.is(ask(world, 'udp', HOST, 5353), '10.11.0.1', 'from outside, by UDP');
    assert.is(ask(process.pid, 'tcp', '127.0.0.1', 8080), '10.11.0.1');
    assert.is(ask(container.pid, 'tcp', HOST, 8080), '10.11.0.1', 'from itself');
    assert.not.ok(pings(container.pid, SERVER), 'and out nobody gets');
    await container.end();
    assert.is(rules(), before);
  },
);

/** This machine's programs but for one. */
function pathWithout(missing: string): string {
  const folder = join(temporaryDirectory(), 'bin');
  mkdirSync(folder);
  for (const directory of ['/usr/sbin', '/usr/bin']) {
    for (const name of readdirSync(directory)) {
      if (name !== missing && !existsSync(join(folder, name))) symlinkSync(join(directory, name), join(folder, name));
    }
  }
  return folder;
}

kernelTest(test, needs, 'without nft the proxy serves published ports, and one line says what is missing', async () => {
  const world = await makeWorld();
  // Without their contents, the sbin directories have no nft either.
  const hide = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /usr/sbin && exec "$@"', pathWithout('nft')];
  const container = await start(['-p', '8080:80'], { wrap: hide });
  assert.match(container.narration, 'Without nft, no packet of a container’s gets out: sudo apt-get install nftables.');
  await serve(container.pid, 'tcp', 80);
  assert.is(ask(world, 'tcp', HOST, 8080), '10.11.0.1');
  assert.is(ask(process.pid, 'tcp', '127.0.0.1', 8080), '10.11.0.1');
  assert.is(ask(container.pid, 'tcp', HOST, 8080), '10.11.0.1');
  await container.end();
});

kernelTest(
  test,
  withNft,
  'a large transfer arrives as a whole, with its end, through the kernel and through the proxy',
  async () => {
    const world = await makeWorld();
    const container = await start(['-p', '8080:80']);
    const script = `require('node:net').createServer({ allowHalfOpen: true }, (socket) => { let count = 0; socket.on('data', (bytes) => { count += bytes.length; }).on('end', () => socket.end(String(count))); }).listen(80)`;
    const [command = '', ...words] = inNetworkOf(container.pid, process.execPath, '-e', script);
    const server = spawn(command, words, { stdio: 'inherit' });
    onTestEnd(() => server.kill('SIGKILL'));
    await until('it listens', () => read(`/proc/${container.pid}/net/tcp6`).includes(':0050 '));
    const send = `require('node:net').connect(8080, process.argv[1], function () { this.end(Buffer.alloc(2 ** 24)); }).pipe(process.stdout)`;
    for (const [pid, address] of [
      [world, HOST],
      [process.pid, '127.0.0.1'],
    ] as const) {
      assert.is(run(inNetworkOf(pid, process.execPath, '-e', send, address)).stdout, String(2 ** 24), address);
    }
    await container.end();
  },
);

kernelTest(test, needs, '--ip and --mac-address: as asked, and nobody else’s', async () => {
  const container = await start(['--ip', '10.11.0.77', '--mac-address', '02:00:00:00:00:07']);
  assert.is(addressOf(container), '10.11.0.77');
  assert.is(eth0Of(container).address, '02:00:00:00:00:07');
  const say = (...words: string[]) =>
    lab(['step', '11', ...words, 'true'])
      .stderr.trim()
      .split('\n')
      .at(-1) ?? '';
  assert.match(say('--ip', '10.11.0.77'), /^--ip: another container has 10\.11\.0\.77\./);
  assert.match(
    say('--ip', '10.12.0.7'),
    /^--ip: 10\.12\.0\.7 is not on the bridge\. It has 10\.11\.0\.2 to 10\.11\.0\.254\.$/,
  );
  for (const address of ['10.11.0.0', '10.11.0.1', '10.11.0.255'])
    assert.match(say('--ip', address), 'not on the bridge');
  const other = await start();
  assert.ok(pings(other.pid, '10.11.0.77'));
  await Promise.all([container.end(), other.end()]);
});

kernelTest(test, needs, '--network none: lo alone, and nothing on the host', async () => {
  const links = ownLinks();
  const container = await start(['--network', 'none']);
  assert.equal(
    interfacesOf(container.pid).map(({ ifname, flags }) => [ifname, flags.includes('UP')]),
    [['lo', true]],
  );
  assert.is(output(inNetworkOf(container.pid, 'ip', '-4', 'route')), '');
  assert.equal(ownLinks(), links);
  assert.is(forwarding(), '0');
  await container.end();
  const { stderr, status } = lab(['step', '11', '--network', 'none', '-p', '8080:80', 'true']);
  assert.equal([status, stderr], [2, '--publish: with --network none there is no eth0 that it could be about.\n']);
});

kernelTest(
  test,
  needs,
  '--device-net: gone out here, there inside, and back afterwards, whatever became of it',
  async () => {
    output(['ip', 'link', 'add', 'mine', 'type', 'veth', 'peer', 'name', 'theirs']);
    onTestEnd(() => run(['ip', 'link', 'delete', 'mine']));
    const mac = read('/sys/class/net/mine/address');
    for (const end of ['true', 'ip link set mine down; ip link set mine name yours', 'kill']) {
      const container = await start(['--device-net', 'mine']);
      assert.not.ok(existsSync('/sys/class/net/mine'), 'gone');
      const inside = interfacesOf(container.pid);
      assert.equal(inside.map(({ ifname }) => ifname).sort(), ['eth0', 'lo', 'mine']);
      assert.ok(inside.find(({ ifname }) => ifname === 'mine')?.flags.includes('UP'));
      if (end === 'kill') {
        process.kill(container.pid, 'SIGKILL');
        await container.ended();
      } else {
        for (const words of end.split('; ')) output(inNetworkOf(container.pid, ...words.split(' ')));
        await container.end();
      }
      assert.is(read('/sys/class/net/mine/address'), mac, `back after ${end}`);
    }
    assert.match(
      lab(['step', '11', '--device-net', 'nowhere', 'true']).stderr,
      /^--device-net: there is no interface nowhere here/m,
    );
  },
);

kernelTest(test, needs, 'a network that this machine has a route to is not taken for the bridge', async () => {
  output(['ip', 'route', 'add', '10.11.0.128/25', 'dev', 'lo']);
  onTestEnd(() => run(['ip', 'route', 'delete', '10.11.0.128/25', 'dev', 'lo']));
  const one = await start();
  const other = await start();
  assert.equal([addressOf(one), addressOf(other)], ['10.11.1.2', '10.11.1.3']);
  assert.ok(pings(one.pid, '10.11.1.3') && pings(one.pid, '10.11.1.1'));
  await Promise.all([one.end(), other.end()]);
});

kernelTest(test, needs, 'an interface of that name that is not ours: one clear line, and it stays', async () => {
  output(['ip', 'link', 'add', 'container-lab', 'type', 'veth', 'peer', 'name', 'theirs']);
  onTestEnd(() => run(['ip', 'link', 'delete', 'container-lab']));
  const { status, stderr } = lab(['step', '11', 'true']);
  assert.is(status, 2);
  assert.match(
    stderr,
    'There is an interface container-lab that is not the kit’s bridge. Take it away: ip link delete container-lab.',
  );
  assert.ok(existsSync('/sys/class/net/container-lab'));
});

const COUNT = 20;

kernelTest(
  test,
  withNft,
  `${COUNT} containers at once: addresses, names and ports of their own; all is gone at the end`,
  async () => {
    const [links, before] = [ownLinks(), tables()];
    const containers = await many(COUNT, (index) => start(['--hostname', `c${index}`, '-p', `${9000 + index}:80`]));
    const addresses = containers.map(addressOf);
    assert.is(new Set(addresses).size, COUNT, addresses.join(' '));
    assert.is(readdirSync('/sys/class/net/container-lab/brif').length, COUNT);
    const hosts = read(`/proc/${containers[0]?.pid}/root/etc/hosts`);
    for (const [index, address] of addresses.entries()) assert.match(hosts, `${address}\tc${index}\n`);
    assert.ok(containers.every(({ pid }, index) => pings(pid, addresses[(index + 1) % COUNT] ?? '')));
    const ends = await many(COUNT, async (index) => containers[index]?.end());
    const failed = containers.filter((_, index) => ends[index] !== 0).map(({ narration }) => narration);
    assert.equal(failed, []);
    assert.equal([ownLinks(), tables(), forwarding()], [links, before, '0']);
    assert.not.ok(existsSync(hostsFile()));
  },
);

kernelTest(
  test,
  withNft,
  'the kit is killed: the next end of a run, or clean, takes away what it has left',
  async () => {
    const [links, before] = [ownLinks(), tables()];
    for (const next of ['clean', 'run']) {
      const container = await start(['-p', '8080:80', '--hostname', 'killed']);
      await container.killKit();
      await until('its processes are gone', () => leftoversOf(new Set([container.started])).processes.length === 0);
      assert.is(ask(process.pid, 'tcp', '127.0.0.1', 8080), 'ECONNREFUSED', 'the proxy has died with it');
      assert.is(forwarding(), '1');
      if (next === 'clean') {
        const { stdout } = lab(['clean']);
        assert.match(stdout, /^removed table container-lab-/m);
        assert.match(stdout, /^removed network container-lab$/m);
      } else {
        const other = await start();
        assert.is(addressOf(other), '10.11.0.2', 'its address is free');
        assert.not.match(read(`/proc/${other.pid}/root/etc/hosts`), 'killed');
        await other.end();
      }
      await until('the cable is gone', () => ownLinks().length === links.length);
      assert.equal([ownLinks(), tables(), forwarding()], [links, before, '0'], next);
      assert.equal(leftoversOf(new Set([container.started])), NONE);
    }
  },
);

kernelTest(test, needs, 'clean leaves a network alone that somebody is on, though its maker was killed', async () => {
  const maker = await start();
  const other = await start();
  await maker.killKit();
  assert.not.match(lab(['clean']).stdout, 'network');
  assert.is(forwarding(), '1');
  assert.ok(pings(other.pid, '10.11.0.1'));
  await other.end();
  assert.is(forwarding(), '0');
});

kernelTest(
  test,
  withNft,
  'the next run sweeps up at its end what a killed one has left, though a third is still there',
  async () => {
    const stays = await start();
    const killed = startRun(['step', '11', '--quiet', '--', 'sleep', '1000']);
    await until(
      'its table',
      () =>
        tables()
          .split('\n')
          .filter((line) => line.includes('container-lab')).length === 2,
    );
    killed.process.kill('SIGKILL');
    await killed.ended;
    assert.is(lab(['step', '11', '--quiet', 'true']).status, 0);
    assert.is(
      tables()
        .split('\n')
        .filter((line) => line.includes('container-lab')).length,
      1,
    );
    await stays.end();
  },
);

const KILLS = 20;

kernelTest(
  test,
  withNft,
  `${KILLS} runs, killed at random moments: clean takes away all that they have left`,
  async () => {
    const [links, before] = [ownLinks(), rules()];
    const begun = performance.now();
    assert.is(lab(['step', '11', '--quiet', '-p', '7999:80', 'true']).status, 0);
    const usual = performance.now() - begun;
    const runs = await many(KILLS, async (index) => {
      const running = startRun(['step', '11', '--quiet', '-p', `${8000 + index}:80`, '--', 'sleep', '1000']);
      await sleep(usual * (0.2 + 1.3 * Math.random()));
      running.process.kill('SIGKILL');
      await running.ended;
      return running.pid;
    });
    const pids = new Set(runs);
    await until('their processes are gone', () => leftoversOf(pids).processes.length === 0);
    assert.is(lab(['clean']).status, 0);
    await until('their cables are gone', () => ownLinks().length === links.length);
    assert.equal([ownLinks(), rules(), forwarding(), leftoversOf(pids)], [links, before, '0', NONE]);
    assert.not.ok(existsSync(hostsFile()));
  },
);

test.run();
