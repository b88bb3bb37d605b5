/** What a run is made of: ids, programs, the mark of its owner, an environment. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sudoUser } from '../../src/command-line/sudo-user.ts';
import { findProgram, ProgramNotFound } from '../../src/images/find-program.ts';
import { isOver, isOwnerName, newOwnerName } from '../../src/leftovers/owner.ts';
import { BLOCKS, blockAt } from '../../src/network/addresses.ts';
import { programOf } from '../../src/run/program.ts';
import { imageEnvironment, inheritedEnvironment } from '../../src/settings/process.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { idMaps } from '../../src/settings/users.ts';
import { mapText } from '../../src/steps/05-user.ts';
import { until } from '../support/kernel-test.ts';
import { loader } from '../support/lab.ts';
import { stepAt } from '../support/steps.ts';

test('id maps: real root without sudo gets a range that nobody has', () => {
  const range = { inside: 0, outside: 1_000_000_000, count: 65_536 };
  for (const caller of [
    {},
    { SUDO_UID: '0', SUDO_GID: '0' },
    { SUDO_UID: 'x', SUDO_GID: '' },
    { SUDO_UID: '-5', SUDO_GID: '-5' },
  ]) {
    assert.equal(idMaps({}, { uid: 0, gid: 0, sudo: sudoUser(caller, 0) }), {
      uids: [range],
      gids: [range],
      denySetgroups: false,
    });
  }
});

test('id maps: root by sudo gets who called sudo', () => {
  assert.equal(idMaps({}, { uid: 0, gid: 0, sudo: sudoUser({ SUDO_UID: '1000', SUDO_GID: '1001' }, 0) }), {
    uids: [{ inside: 0, outside: 1000, count: 1 }],
    gids: [{ inside: 0, outside: 1001, count: 1 }],
    denySetgroups: false,
  });
});

test('id maps: a user gets itself, and setgroups is denied; sudo’s variables mean nothing then', () => {
  assert.equal(idMaps({}, { uid: 1000, gid: 100, sudo: { uid: 7, gid: 7 } }), {
    uids: [{ inside: 0, outside: 1000, count: 1 }],
    gids: [{ inside: 0, outside: 100, count: 1 }],
    denySetgroups: true,
  });
});

test('id maps: what was asked for counts, each kind for itself', () => {
  const uidMappings = [{ inside: 0, outside: 5, count: 2 }];
  const maps = idMaps({ uidMappings }, { uid: 0, gid: 0 });
  assert.is(maps.uids, uidMappings);
  assert.is(maps.gids[0]?.outside, 1_000_000_000);
  assert.is(mapText([...uidMappings, { inside: 2, outside: 9, count: 1 }]), '0 5 2\n2 9 1\n');
});

const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);

const root = mkdtempSync(join(tmpdir(), 'lab-programs-'));
test.after(() => rmSync(root, { recursive: true, force: true }));

function program(path: string, mode = 0o755): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), '#!/bin/sh\n');
  chmodSync(join(root, path), mode);
}

function link(path: string, target: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  symlinkSync(target, join(root, path));
}

test.before(() => {
  program('usr/bin/tool');
  program('usr/bin/data', 0o644);
  program('opt/first/tool', 0o644);
  program('opt/second/tool');
  mkdirSync(join(root, 'opt/first/folder'));
  link('bin', 'usr/bin');
  link('links/relative', '../usr/bin/tool');
  link('links/absolute', '/usr/bin/tool');
  link('links/above', '../../../../../../../../../../usr/bin/tool');
  link('links/two', 'absolute');
  link('links/loop', 'loop');
  link('links/ping', 'pong');
  link('links/pong', 'ping');
  link('links/dangling', '/nowhere/tool');
  link('links/outside', '/etc/passwd');
  link('links/out', '../../../../../../../../../etc/hostname');
  link('links/folder', '/usr/bin');
  link('links/chain0', 'chain1');
  for (let at = 1; at < 50; at++) link(`links/chain${at}`, at === 49 ? '/usr/bin/tool' : `chain${at + 1}`);
});

const find = (word: string, path = '/usr/bin') => findProgram(word, root, path);

function missing(act: () => unknown): ProgramNotFound {
  try {
    act();
  } catch (error) {
    assert.instance(error, ProgramNotFound);
    return error as ProgramNotFound;
  }
  throw new Error('found');
}

test('a word is looked up in PATH, in its order', () => {
  assert.is(find('tool'), '/usr/bin/tool');
  assert.is(find('tool', '/nowhere:/opt/second:/usr/bin'), '/opt/second/tool');
  assert.is(find('tool', '/opt/first:/opt/second'), '/opt/second/tool', 'what is not executable is passed over');
  assert.is(find('tool', '/bin'), '/bin/tool', 'through a link to a folder');
});

test('a path is taken as it stands, relative to the root of an image', () => {
  assert.is(find('/usr/bin/tool'), '/usr/bin/tool');
  assert.is(find('usr/bin/tool'), '/usr/bin/tool');
  assert.is(find('./usr/../usr/bin/tool'), '/usr/bin/tool');
  assert.is(find('/../../usr/bin/tool'), '/usr/bin/tool');
});

test('links: relative, absolute, of links, and such as climb above the root', () => {
  for (const name of ['relative', 'absolute', 'above', 'two', 'folder/tool']) {
    assert.is(find(`/links/${name}`), `/links/${name}`);
  }
});

test('links never lead out of the image: these exist outside, and are not found', () => {
  assert.ok(readFileSync('/etc/passwd').length > 0);
  for (const name of ['outside', 'out']) assert.is(missing(() => find(`/links/${name}`)).status, 127, name);
  assert.is(missing(() => find('../../../../../../../../bin/sh')).status, 127);
});

test('links that lead nowhere, or in a circle, or on and on', () => {
  for (const name of ['dangling', 'loop', 'ping', 'chain0', 'loop/tool']) {
    assert.is(missing(() => find(`/links/${name}`)).status, 127, name);
  }
  assert.is(find('/links/chain20'), '/links/chain20');
});

test('not found is 127, not executable is 126, as in a shell', () => {
  const cases: [string, 126 | 127, string][] = [
    ['frob', 127, `frob: command not found in ${root} (PATH=/usr/bin).`],
    ['/usr/bin/frob', 127, `There is no program /usr/bin/frob in ${root}.`],
    ['data', 126, `/usr/bin/data in ${root} is not executable.`],
    ['/usr/bin/data', 126, `/usr/bin/data in ${root} is not executable.`],
    ['/usr/bin', 127, `There is no program /usr/bin in ${root}.`],
    ['/usr/bin/tool/x', 127, `There is no program /usr/bin/tool/x in ${root}.`],
  ];
  for (const [word, status, message] of cases) {
    const error = missing(() => find(word));
    assert.equal([error.status, error.message], [status, message]);
  }
});

test('an empty word, an empty PATH', () => {
  assert.is(missing(() => find('')).status, 127);
  assert.is(missing(() => find('tool', '')).status, 127);
});

test('on the host: from the working directory, and without a word of an image', () => {
  assert.is(findProgram('./package.json/../../../../../../../../bin/sh', '/', ''), '/bin/sh');
  assert.match(missing(() => findProgram('frob', '/', '/bin')).message, /^frob: command not found \(PATH=\/bin\)\.$/);
});

test('the environment: without what npm added, with the mark', () => {
  const environment = inheritedEnvironment(
    'mark',
    { HOME: '/set' },
    {
      HOME: '/home/x',
      PATH: '/kit/node_modules/.bin:/usr/bin:/x/node-gyp-bin:/bin',
      npm_config_cache: 'x',
      npm_lifecycle_event: 'step',
      INIT_CWD: '/x',
      NODE: '/usr/bin/node',
      NODE_ENV: 'test',
      COLOR: '0',
      EDITOR: 'vi',
      _: '/usr/bin/npm',
      CONTAINER_LAB: 'of another run',
    },
  );
  assert.equal(environment.filter((entry) => !entry.startsWith('CONTAINER_LAB=')).sort(), [
    'HOME=/set',
    'NODE_ENV=test',
    'PATH=/usr/bin:/bin',
  ]);
  assert.equal(
    environment.filter((entry) => entry.startsWith('CONTAINER_LAB=')),
    ['CONTAINER_LAB=mark'],
    'one mark, of this run: the kit can run inside the kit',
  );
});

test('the environment: a PATH there always is', () => {
  for (const variables of [{}, { PATH: '' }, { PATH: '/x/node_modules/.bin' }]) {
    assert.ok(inheritedEnvironment('mark', {}, variables).some((entry) => /^PATH=.*\/bin/.test(entry)));
  }
});

test('the environment of an image: nothing of the host but the terminal', () => {
  const before = process.env.LAB_SECRET;
  process.env.LAB_SECRET = 'x';
  const environment = imageEnvironment('mark', 'box');
  assert.not.ok(environment.some((entry) => entry.startsWith('LAB_SECRET')));
  for (const entry of ['HOSTNAME=box', 'CONTAINER_LAB=mark', 'HOME=/root', `TERM=${process.env.TERM ?? 'linux'}`]) {
    assert.ok(environment.includes(entry), entry);
  }
  if (before === undefined) delete process.env.LAB_SECRET;
});

test('programs: a command, or a shell; step 0 without one just ends', () => {
  const programs = (number: number, args: string[], path: string) => {
    const step = stepAt(number);
    const settings = { ...DEFAULTS, root: { path }, process: { args } };
    return programOf({ step, settings, rootless: false, owner: 'mark' });
  };
  const last = (number: number, command: string[], path = number < 8 ? '/' : root) =>
    programs(number, command, path).map(({ info, args }) => [info.name, args[0]]);
  assert.equal(last(0, []), [['exit_group', 0]]);
  assert.equal(last(4, ['/bin/sh']), [['execve', '/bin/sh']]);
  assert.equal(last(8, ['tool']), [['execve', '/usr/bin/tool']]);
  assert.equal(last(4, ['tool'], root), [['execve', '/usr/bin/tool']], 'an image before step 8');
  assert.match(String(last(4, [])[0]?.[1]), /\/(ba)?sh$/);
  assert.throws(() => last(8, []), /sh: command not found in/);
  assert.throws(() => last(8, ['frob']), /frob: command not found in/);
  const [experiment] = programs(7, [], '/');
  assert.equal((experiment?.args[1] as string[] | undefined)?.slice(0, 2), ['sh', '-c']);
});

test('owner names: one per run, known as ours', () => {
  const [first, second] = [newOwnerName(), newOwnerName()];
  assert.is.not(first, second);
  assert.match(first, new RegExp(`^container-lab-${boot}-\\d+-${process.pid}-\\d+-\\d+$`));
  assert.ok(isOwnerName(first) && isOwnerName(second));
  assert.ok(isOwnerName(first.replace(/-\d+$/, '')), 'a leaf has no number of a run');
});

test('other names are not ours, however alike', () => {
  for (const name of [
    '',
    'container-lab',
    `container-lab-${boot}-1-2`,
    'container-lab-1-2-3-4',
    `container-lab-${boot}-1-2-3-4-5`,
    `my-container-lab-${boot}-1-2-3-4`,
    `container-lab-${boot}-1-2-3-4 `,
    `container-lab-${boot}-a-2-3-4`,
    `container-lab-${boot}-1--3-4`,
    'docker',
  ]) {
    assert.not.ok(isOwnerName(name), name);
    assert.not.ok(isOver(name), name);
  }
});

test('over: not on another machine, nor before its last start, for there is no knowing', () => {
  const gone = `container-lab-${boot}-${namespace}-${spawnSync('true').pid}-12345-1`;
  assert.ok(isOver(gone));
  assert.not.ok(isOver(gone.replace(boot, boot === '01234567' ? '12345678' : '01234567')));
});

const namespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');

function nameOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return `container-lab-${boot}-${namespace}-${pid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}-1`;
}

test('over: the process is gone, or its number belongs to another now', () => {
  assert.is(nameOf(process.pid).replace(/-1$/, ''), newOwnerName().replace(/-\d+$/, ''));
  assert.not.ok(isOver(nameOf(process.pid)));
  assert.ok(isOver(nameOf(process.pid).replace(/-\d+-1$/, '-1-1')), 'a process with this number started later');
  const { pid } = spawnSync('true');
  assert.ok(isOver(`container-lab-${boot}-${namespace}-${pid}-12345-1`));
});

test('over: a zombie has ended', async () => {
  // A shell that became `sleep` never collects the child that it had started.
  const parent = spawn('sh', ['-c', 'sleep 20 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
    const name = nameOf(pid);
    assert.not.ok(isOver(name));
    await until('the shell is `sleep`', () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
    process.kill(pid, 'SIGKILL');
    await until('a zombie', () => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
    assert.ok(isOver(name));
  } finally {
    parent.kill('SIGKILL');
  }
});

test('children: of all threads, from the lists of the kernel or, where there are none, by asking all for their parent', () => {
  const script = `
    const { spawn } = require('node:child_process');
    const { writeSync } = require('node:fs');
    const first = spawn('sleep', ['20']);
    import(process.argv[1]).then(({ childrenOf, parentOf }) => {
      const second = spawn('sleep', ['20']);
      const found = childrenOf(process.pid);
      writeSync(1, JSON.stringify([found, [first.pid, second.pid], found.map(parentOf), childrenOf(first.pid)]));
      first.kill();
      second.kill();
    });`;
  const node = [
    process.execPath,
    '--import',
    'tsx',
    '--eval',
    script,
    new URL('../../src/proc/stat.ts', import.meta.url).href,
  ];
  const { stdout, stderr } = spawnSync(node[0] ?? '', node.slice(1), { encoding: 'utf8' });
  assert.is(stderr, '');
  const [found, started, parents, none] = JSON.parse(stdout);
  // The loader has children of its own.
  assert.equal(
    found.filter((pid: number) => started.includes(pid)),
    started,
  );
  assert.is(new Set(parents).size, 1);
  assert.equal(none, []);
});

test('a process whose name has blanks and parentheses is read rightly', () => {
  const script = `
    const { writeFileSync } = require('node:fs');
    writeFileSync('/proc/self/comm', 'a) R (b 1 2 3');
    import(process.argv[1]).then(({ newOwnerName, isOver }) => console.log(newOwnerName(), isOver(newOwnerName())));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', loader, '-e', script, join(import.meta.dirname ?? '', '../../src/leftovers/owner.ts')],
    { encoding: 'utf8' },
  );
  assert.match(stdout, /^container-lab-[0-9a-f]{8}-\d+-\d+-\d+-1 false\n$/, stderr);
});

test('addresses: each block a /30 of its own, inside the usable link-local range', () => {
  assert.equal(blockAt(0), { outside: '169.254.1.1', inside: '169.254.1.2', netmask: '255.255.255.252', prefix: 30 });
  assert.is(blockAt(64).outside, '169.254.2.1');
  assert.is(blockAt(BLOCKS - 1).inside, '169.254.254.254');
  const all = Array.from({ length: BLOCKS }, (_, index) => blockAt(index)).flatMap(({ outside, inside }) => [
    outside,
    inside,
  ]);
  assert.is(new Set(all).size, 2 * BLOCKS);
  for (const address of all) {
    const [, , third = 0, fourth = 0] = address.split('.').map(Number);
    assert.ok(third >= 1 && third <= 254 && fourth >= 1 && fourth <= 254, address);
  }
});

test.run();
