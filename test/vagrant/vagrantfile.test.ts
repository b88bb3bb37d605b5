/**
 * The Vagrantfile as it is, from `vagrant up` to `vagrant destroy`. To be run by
 * run.ts, beside a libvirtd of its own; LAB_BOX is the folder of the box.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const top = fileURLToPath(new URL('../..', import.meta.url));
const folder = process.env.LAB_BOX ?? '';
/** Where every instruction is emulated, the installation of Node.js alone takes minutes. */
const LIMIT_MS = 45 * 60_000;

/** Runs a command to its end, whose output it gives; its status must be 0. */
function run(command: readonly string[], env: Record<string, string> = {}): string {
  const [program = '', ...words] = command;
  console.log(`$ ${command.join(' ')}`); // or half an hour would pass without a word
  const { status, stdout, stderr, error } = spawnSync(program, words, {
    cwd: top,
    env: { ...process.env, VAGRANT_DEFAULT_PROVIDER: 'libvirt', VAGRANT_NO_COLOR: '1', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  assert.is(status, 0, `${command.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A command in the machine, by the user that works there. */
const inMachine = (command: string) => run(['vagrant', 'ssh', '--command', command]).replaceAll('\r', '').trim();

test('the Vagrantfile is valid for libvirt', () => {
  run(['vagrant', 'validate']);
});

test('the Vagrantfile is valid for virtualbox', () => {
  // A provider is checked only where it is installed: a program that knows its own version will do.
  run(['vagrant', 'validate'], {
    VAGRANT_DEFAULT_PROVIDER: 'virtualbox',
    PATH: `${join(top, 'test/vagrant/stub')}:${process.env.PATH}`,
  });
});

test('vagrant up takes the box that the Vagrantfile names, and provisions the machine', () => {
  run(['vagrant', 'box', 'add', '--provider', 'libvirt', join(folder, 'catalog.json')]);
  const said = run(['vagrant', 'up', '--no-tty']);
  assert.match(said, 'provision: ready');
});

test('the machine has a kernel, a name and pure cgroup v2 of its own, and node', () => {
  assert.is(inMachine('hostname; stat -f -c %T /sys/fs/cgroup'), 'container-lab\ncgroup2fs');
  assert.is.not(
    inMachine('cat /proc/sys/kernel/random/boot_id'),
    run(['cat', '/proc/sys/kernel/random/boot_id']).trim(),
  );
  assert.match(inMachine('node --version'), /^v2\d/);
});

test('what was built for the host has stayed there, and the machine has built its own', () => {
  assert.is(inMachine('ls -d /vagrant/node_modules /vagrant/native/build /vagrant/rootfs 2>/dev/null; true'), '');
  assert.is(inMachine('stat -c %U ~/container-lab/native/build/liblab.so'), 'vagrant');
});

test('a step runs in it, with sudo and without', () => {
  const step = (words: string) => inMachine(`cd container-lab && ${words} 2>/dev/null`);
  const outside = inMachine('readlink /proc/self/ns/pid');
  for (const words of ['sudo npm run -s step 4 --', 'npm run -s step 4 -- --rootless']) {
    assert.is(step(`${words} --quiet ps -e -o pid=`).trim(), '1', words);
    const inside = step(`${words} --quiet readlink /proc/self/ns/pid`);
    assert.match(inside, /^pid:\[\d+\]$/, words);
    assert.is.not(inside, outside, words);
  }
});

test('an ordinary user gets every controller of cgroup v2', () => {
  const controllers = inMachine(
    'cat /sys/fs/cgroup/user.slice/user-$(id -u).slice/user@$(id -u).service/cgroup.controllers',
  );
  for (const name of ['cpu', 'cpuset', 'io', 'memory', 'pids']) assert.ok(controllers.split(' ').includes(name), name);
});

test('provisioning again installs nothing, and keeps what was changed in the machine', () => {
  inMachine('cd container-lab && echo mine >note && echo "# mine" >>README.md');
  inMachine(
    'cd container-lab && mkdir -p rootfs/mine && touch rootfs/mine/spool && sudo chown root:mail rootfs/mine/spool',
  );
  assert.not.match(run(['vagrant', 'provision']), 'provision: installing');
  assert.is(inMachine('cd container-lab && cat note && tail -n 1 README.md'), 'mine\n# mine');
  assert.is(inMachine('stat -c %U:%G container-lab/rootfs/mine/spool'), 'root:mail', 'images keep their owners');
});

test('vagrant destroy leaves no machine and no disk of one', () => {
  run(['vagrant', 'destroy', '--force']);
  assert.is(run(['virsh', '--quiet', '--connect', 'qemu:///system', 'list', '--all', '--name']).trim(), '');
  const disks = readdirSync(join(folder, 'libvirt/lib/images'));
  // The box's own image stays, for the next `vagrant up`.
  assert.equal(
    disks.filter((name) => !name.includes('VAGRANTSLASH')),
    [],
  );
});

test.run();
