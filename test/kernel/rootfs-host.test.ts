/** The image `host` is entered with chroot, as whoever runs this: root, or root of a user namespace. */
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { patience } from '../support/patience.ts';

const place = mkdtempSync(join(tmpdir(), 'rootfs-host-'));
const lines: string[] = [];
let image = '';

test.before(async () => {
  image = await ensureImage('host', { place, onProgress: (line) => lines.push(line) });
});

test.after(() => rmSync(place, { recursive: true, force: true }));

// Mounts in here are seen in here only, and what is left running ends with process 1.
const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child'];
const asRoot = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];

function inside(...command: string[]) {
  const [program = '', ...args] = ['timeout', '20', ...unshare, ...asRoot, 'chroot', image, ...command];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'xterm-256color', HOME: '/root' };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env, timeout: patience(30_000) });
  return { status, stdout, stderr };
}

test('one line announces the build, and nothing is announced or made again', async () => {
  assert.is(lines.length, 1);
  assert.match(lines[0] ?? '', /^Building the image `host` in .*host \(once, about a second\)…$/);
  const before = lstatSync(image).ino;
  assert.is(await ensureImage('host', { place, onProgress: (line) => lines.push(line) }), image);
  assert.is(lines.length, 1);
  assert.is(lstatSync(image).ino, before);
  assert.equal(readdirSync(place), ['host']);
});

test("the image shows its own files, not the machine's", () => {
  const { status, stdout, stderr } = inside(
    '/bin/sh',
    '-c',
    '. /etc/os-release; echo $ID; ls /; whoami; echo ~; id -un 65534',
  );
  assert.equal([status, stderr], [0, '']);
  const [id, ...rest] = stdout.trim().split('\n');
  assert.is(id, 'container-lab');
  assert.equal(rest.slice(-3), ['root', '/root', 'nobody']);
  for (const name of ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'run', 'sys', 'tmp', 'usr', 'var']) {
    assert.ok(rest.includes(name), name);
  }
});

test('every program finds its libraries', () => {
  const script =
    'for tool in /usr/bin/* /usr/sbin/* /bin/* /sbin/*; do LD_TRACE_LOADED_OBJECTS=1 "$tool" || echo "FAILED $tool"; done';
  const { stdout, stderr } = inside('/bin/bash', '-c', script);
  assert.is(stderr, '');
  assert.match(stdout, 'libc.so.6 => /');
  assert.not.match(stdout, /not found|FAILED/);
});

test('the programs of the lessons run', () => {
  const commands = `
    bash --version
    ps --version
    [ $(ps -e -o pid= | head -n 1) = 1 ]
    [ $(pgrep -o bash) = 1 ]
    top -b -n 1
    free
    ip -V
    ip link
    ss -t
    ping -V
    findmnt /proc
    lsns
    unshare -V
    awk "BEGIN { exit 0 }"
    find /etc -name passwd
    grep -q root /etc/passwd
    tar --version
    less --version
    clear
    tput cols
    echo a | sed s/a/b/ | sort | uniq | wc -l
    export LC_ALL=C.UTF-8; a=ä; [ $(expr length $a) = 1 ]`;
  for (const command of commands.trim().split(/\n */)) {
    const { status, stderr } = inside('/bin/bash', '-c', `mount -t proc proc /proc && ${command}`);
    assert.equal([command, status, stderr], [command, 0, '']);
  }
});

test("a shell that somebody types into has the image's prompt", () => {
  assert.match(inside('/bin/bash', '-ic', 'echo "$PS1"').stdout, '\\u@\\h:\\w\\$');
});

test('links stay inside, nothing is setuid, and the folders are as they should be', () => {
  const links = readdirSync(image, { recursive: true, withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  for (const { parentPath, name } of links) {
    const target = spawnSync('readlink', ['-f', join(parentPath, name)], { encoding: 'utf8' }).stdout.trim();
    assert.not.match(relative(image, target), /^\.\./, name);
  }
  assert.is(spawnSync('find', [image, '-perm', '/6000'], { encoding: 'utf8' }).stdout, '');
  assert.is(lstatSync(join(image, 'tmp')).mode & 0o7777, 0o1777);
  assert.is(lstatSync(image).mode & 0o7777, 0o755);
  assert.is(lstatSync('/bin').isSymbolicLink(), lstatSync(join(image, 'bin')).isSymbolicLink());
  assert.match(readFileSync(join(image, 'etc/nsswitch.conf'), 'utf8'), /^hosts: files$/m);
});

test.run();
