/** test/run.ts with hosts: kernel test files side by side do not see each other, and what one leaves behind is a failure. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { loader, read, top } from '../support/lab.ts';
import { type Need, program, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('hosts');
const NAMESPACES = ['--pid', '--fork', '--mount', '--net', '--uts', '--ipc'];
const hosts: Need = () =>
  spawnSync('unshare', [...NAMESPACES, 'true']).status === 0 ? undefined : 'needs a machine on which a host can be had';
const needs = [root, hosts, program('ip')];

const START = `import { spawn, spawnSync, execFileSync } from 'node:child_process';
  import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
  import { newOwnerName } from '${join(top, 'src/leftovers/owner.ts')}';
  import { test } from 'uvu';
  import * as assert from 'uvu/assert';
  const here = (name) => new URL('../' + name, import.meta.url);
  const sleep = (ms) => new Promise((next) => setTimeout(next, ms));
  const mount = readFileSync('/proc/self/mountinfo', 'utf8').split('\\n').find((line) => / - cgroup2? /.test(line)).split(' ')[4];
  const daemon = (length) => spawn('setsid', ['sleep', length], { stdio: 'ignore', detached: true }).unref();
  `;

/** What these do to a host they must not do to this one. */
const ELSEWHERE = `
  if (readlinkSync('/proc/self/ns/mnt') === '${readlinkSync('/proc/self/ns/mnt')}') throw new Error('no host of its own');`;

let lengths = 0;
/** A length for sleep(1) that is a word of no other command line. */
function someTime(): string {
  lengths += 1;
  return `2000.${process.pid}${lengths}`;
}

/** Whether any process of this host, and of those inside it, sleeps so long. */
function sleeps(length: string): boolean {
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cmdline`).includes(length));
}

interface Run {
  readonly child: ChildProcess;
  readonly place: string;
  readonly said: () => string;
  readonly ended: Promise<unknown[]>;
}

/** Starts the runner on kernel test files with such bodies, which begin only where they may do what they do. */
function startRunner(bodies: Record<string, string>, env: Record<string, string> = {}, where = ELSEWHERE): Run {
  const place = temporaryDirectory();
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(top, 'node_modules'), join(place, 'node_modules'));
  mkdirSync(join(place, 'kernel'));
  for (const [name, body] of Object.entries(bodies)) {
    writeFileSync(
      join(place, `kernel/${name}.test.ts`),
      `${START}${where}test('one', async () => {${body}});\ntest.run();`,
    );
  }
  const child = spawn(process.execPath, ['--import', loader, join(top, 'test/run.ts'), '--jobs', '2', 'kernel'], {
    cwd: top,
    env: { ...process.env, TEST_FOLDER: place, TEST_TIMEOUT: String(patience(30)), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestEnd(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  return { child, place, said: () => output, ended: once(child, 'close') };
}

kernelTest(
  test,
  needs,
  'two at once have the same links, files, host name and process numbers, each its own',
  async () => {
    const body = (own: string, other: string) => `
    for (const path of ['/tmp/same', '/var/tmp/same']) writeFileSync(path, '${own}', { flag: 'wx' });
    execFileSync('ip', ['link', 'add', 'same0', 'type', 'veth', 'peer', 'name', 'same1']);
    execFileSync('hostname', ['host-of-${own}']);
    writeFileSync(here('${own}'), '');
    while (!existsSync(here('${other}'))) await sleep(20);
    await sleep(200);
    for (const path of ['/tmp/same', '/var/tmp/same']) assert.is(readFileSync(path, 'utf8'), '${own}');
    assert.is(readFileSync('/proc/sys/kernel/hostname', 'utf8'), 'host-of-${own}\\n');
    assert.equal(readdirSync('/sys/class/net').sort(), ['eth0', 'lo', 'same0', 'same1', 'wire']);
    assert.is(readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && readFileSync('/proc/' + name + '/cmdline', 'utf8').includes('.test.ts')).length, 2);
    assert.is(spawnSync('ping', ['-c', '1', '-W', '5', '127.0.0.1']).status, 0);
    execFileSync('ip', ['link', 'delete', 'same0']);
    for (const path of ['/tmp/same', '/var/tmp/same']) rmSync(path);`;
    const { said, ended } = startRunner({ a: body('a', 'b'), b: body('b', 'a') });
    assert.equal(await ended, [0, null], said());
    assert.match(said(), /^2 passed, 0 failed$/m);
  },
);

/** What a test leaves behind, and how that is said. */
const LEFT: Record<string, [body: string, said: RegExp]> = {
  process: ["daemon('LENGTH');", /left behind: process \d+ sleep LENGTH$/m],
  mount: ["execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/mnt']);", /left behind: mount \d+ .* \/mnt /],
  link: ["execFileSync('ip', ['link', 'add', 'left0', 'type', 'veth']);", /left behind: link left0$/m],
  cgroup: [
    "mkdirSync(mount + '/' + newOwnerName());",
    /left behind: cgroup \/.*\/container-lab-[0-9a-f]{8}-\d+-\d+-\d+-1$/m,
  ],
  file: ["writeFileSync('/tmp/left', '');", /left behind: file \/tmp\/left$/m],
  'lasting file': ["writeFileSync('/var/tmp/left', '');", /left behind: file \/var\/tmp\/left$/m],
};

kernelTest(test, needs, 'whatever is left behind is a failure, and goes', async () => {
  const length = someTime();
  const bodies = Object.entries(LEFT).map(([kind, [body]]) => [kind, body.replace('LENGTH', length)]);
  const { said, ended } = startRunner({ ...Object.fromEntries(bodies), nothing: '' });
  assert.equal(await ended, [1, null], said());
  for (const [kind, [, words]] of Object.entries(LEFT)) {
    const [, own = ''] = said().split(`✗ kernel/${kind}.test.ts: 1 passed, 1 failed`);
    assert.match(own.split(/^[✓✗]/m)[0] ?? '', new RegExp(words.source.replace('LENGTH', length), 'm'), kind);
  }
  assert.is(said().match(/left behind: /g)?.length, Object.keys(LEFT).length + 1, said());
  assert.match(said(), /^7 passed, 6 failed$/m);
  assert.not.ok(sleeps(length));
  for (const [, group = ''] of said().matchAll(/cgroup (\/.*)/g)) assert.not.ok(existsSync(group), group);
});

kernelTest(test, needs, 'a file that hangs is ended with what has left it, and has left it no cgroup', async () => {
  const length = someTime();
  const hang = `daemon('${length}');
    mkdirSync(mount + '/' + newOwnerName());
    writeFileSync(here('group'), mount + '/' + newOwnerName().replace(/2$/, '1'));
    setInterval(() => {}, 1000);
    await new Promise(() => {});`;
  const { place, said, ended } = startRunner({ hang }, { TEST_TIMEOUT: String(patience(3)) });
  assert.equal(await ended, [1, null], said());
  assert.match(said(), /no end within/);
  assert.not.ok(sleeps(length));
  assert.not.ok(existsSync(read(join(place, 'group'))));
});

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGKILL', null],
] as const) {
  kernelTest(test, needs, `${signal} to the runner ends all that runs side by side, and leaves nothing`, async () => {
    const lengths = [someTime(), someTime()];
    const scratch = () =>
      ['/tmp', '/var/tmp'].flatMap((path) => readdirSync(path).filter((name) => /^container-lab/.test(name)));
    const known = scratch();
    const body = (name: string, length?: string) => `daemon('${length}');
      const group = mount + '/' + newOwnerName();
      mkdirSync(group);
      writeFileSync(here('${name}'), group);
      await sleep(100000);`;
    const { child, place, ended } = startRunner({ a: body('a', lengths[0]), b: body('b', lengths[1]), c: body('c') });
    const groups = await until('both', () => {
      const found = ['a', 'b'].map((name) => read(join(place, name)));
      return found.every((group) => group !== '') && found;
    });
    await until('their daemons', () => lengths.every(sleeps));
    child.kill(signal);
    assert.equal(await ended, status === null ? [null, signal] : [status, null]);
    await until('the end of all', () => !lengths.some(sleeps));
    assert.not.ok(existsSync(join(place, 'c')));
    if (signal === 'SIGKILL') {
      // Nobody was left to do it: the next run of tests removes the folder, and here we the cgroups.
      for (const group of groups) await until('an empty cgroup', () => removed(group));
      const next = startRunner({ good: '' });
      assert.equal(await next.ended, [0, null], next.said());
    }
    for (const group of groups) assert.not.ok(existsSync(group), group);
    assert.equal(scratch(), known);
  });
}

function removed(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

kernelTest(test, [root], 'where no host can be had, that is said, and files run one after the other', async () => {
  const bin = temporaryDirectory();
  writeFileSync(
    join(bin, 'unshare'),
    '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n',
  );
  chmodSync(join(bin, 'unshare'), 0o755);
  const body = (own: string, other: string) => `
    writeFileSync(here('${own}'), '');
    await sleep(500);
    assert.not.ok(existsSync(here('${other}')));
    await sleep(500);
    rmSync(here('${own}'));`;
  const bodies = { a: body('a', 'b'), b: body('b', 'a') };
  const { said, ended } = startRunner(bodies, { PATH: `${bin}:${process.env.PATH}` }, '');
  assert.equal(await ended, [0, null], said());
  assert.match(said(), /^Kernel test files run one after the other, .*: unshare failed: Operation not permitted$/m);
  assert.match(said(), /^2 passed, 0 failed$/m);
});

test.run();
