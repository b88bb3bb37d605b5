/** Step 9: the image is the top of the mount table, and nothing of the host's is in it; what is mounted there besides. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { newOwnerName, OWNER_VARIABLE } from '../../src/leftovers/owner.ts';
import { type Mount, parseMountinfo } from '../../src/proc/mountinfo.ts';
import { runStep, type StepRun } from '../../src/run/run-step.ts';
import { DEFAULTS, type Settings } from '../../src/settings/settings.ts';
import { arrange, inside, mountKernelFiles, NAMESPACES, prepare } from '../../src/steps/08-chroot.ts';
import { mountImage, pivot } from '../../src/steps/09-pivot.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { chroot, openat } from '../../src/syscalls/files.ts';
import { CLONE_NEWNS, MNT, MS, MS_REC, MS_SHARED, O_RDONLY } from '../../src/syscalls/flags.ts';
import { mount, umount } from '../../src/syscalls/mounts.ts';
import { setns } from '../../src/syscalls/namespaces.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { type ContainerOptions, startContainer } from '../support/container.ts';
import { refusing } from '../support/filter.ts';
import { copyOf, identity, rootOf } from '../support/image.ts';
import { kernelTest, onTestEnd, temporaryDirectory } from '../support/kernel-test.ts';
import { lab, read } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { stepAt } from '../support/steps.ts';

const test = suite('step 9');
const needs = [canRun(9)];
const ROOT_INSIDE = 1_000_000_000;

let image = '';
test.before(async () => {
  image = await ensureImage('host');
});

/** Without what a real sudo around the tests would add. */
const start = (words: readonly string[] = [], { env, ...rest }: ContainerOptions = {}) =>
  startContainer(words, { env: { SUDO_UID: '', SUDO_GID: '', ...env }, ...rest });
const startNine = (words: readonly string[] = [], options: ContainerOptions = {}) => start(['9', ...words], options);

const mountsOf = (pid: number) => parseMountinfo(read(`/proc/${pid}/mountinfo`));
const what = ({ device, root }: Mount) => `${device} ${root}`;
const DEVICE = /^\/dev\/(null|zero|full|random|urandom|tty)$/;

kernelTest(
  test,
  needs,
  'no line of its mountinfo is the host’s: the image is at the top, and the rest is new',
  async () => {
    const container = await startNine();
    const [host, own] = [mountsOf(process.pid), mountsOf(container.pid)];
    const known = new Set(host.map(what));
    assert.equal(
      own
        .filter((mount) => known.has(what(mount)) && !DEVICE.test(mount.mountPoint))
        .map(({ mountPoint }) => mountPoint),
      [],
    );
    assert.equal(
      own.filter(({ mountPoint }) => !DEVICE.test(mountPoint)).map(({ mountPoint, type }) => `${type} ${mountPoint}`),
      [`${own[0]?.type} /`, 'proc /proc', 'tmpfs /dev', 'devpts /dev/pts'],
    );
    assert.ok(image.endsWith(own[0]?.root ?? 'no'), own[0]?.root);
    assert.is(identity(`${rootOf(container)}/.`), identity(image));
    assert.is(identity(`/proc/${container.pid}/cwd/.`), identity(image));
    // Who joins the mount namespace begins at its top.
    const top = execFileSync('nsenter', ['--target', String(container.pid), '--mount', 'stat', '-c', '%d:%i', '/']);
    assert.is(top.toString().trim(), identity(image));
    assert.is(await container.end(), 0);
  },
);

kernelTest(test, needs, 'the escape that leads out of step 8 leads nowhere', async () => {
  // The way up is open to everybody: it is not a closed door that stops it.
  const place = temporaryDirectory();
  chmodSync(place, 0o755);
  const copy = copyOf(image, 0, place);
  const wayOut = 'nsenter --root=/usr --wd=/ chroot ../../../../../../../../../.. stat -c %d:%i /';
  const [caged, free] = [await startNine(['--rootfs', copy]), await start(['8', '--rootfs', copy])];
  assert.is(await free.output(wayOut), identity('/'), 'step 8');
  assert.is(await caged.output(wayOut), identity(copy), 'step 9');
  await caged.end();
  await free.end();
});

/** A container that enters the image in its own way; it ends with 0 if its `/` is then what `path` is outside. */
async function endIn(path: string, way: readonly Call[], options: Partial<StepRun> = {}): Promise<number | Error> {
  const owner = newOwnerName();
  const env = [`${OWNER_VARIABLE}=${owner}`, 'PATH=/usr/bin:/bin'];
  const settings: Settings = { ...DEFAULTS, root: { path: image } };
  async function run(own: Lab) {
    const prepared = await prepare(own);
    const container = await own.clone(
      [
        ...inside(own, prepared),
        ...mountImage(prepared.image, settings.root),
        ...mountKernelFiles(),
        ...way,
        ...own.program,
      ],
      NAMESPACES,
      { directory: prepared.image.directory },
    );
    await arrange(own, container.pid, prepared);
    return own.wait(container);
  }
  try {
    return await runStep({
      step: { has: stepAt(9).has, run },
      owner,
      settings,
      program: [execve('/bin/sh', ['sh', '-c', `test "$(stat -c %d:%i /)" = ${identity(path)}`], env)],
      ...options,
    });
  } catch (error) {
    return error as Error;
  }
}

/** Takes the top of the mount table away, and goes to what is at the top then. */
function liftCover(): Call[] {
  const namespace = openat('/proc/self/ns/mnt', O_RDONLY);
  return [namespace, umount('/', MNT.MNT_DETACH), setns(namespace, CLONE_NEWNS)];
}

const cover = () => [mount('.', '/', null, MS.MS_MOVE), chroot('.')];

kernelTest(
  test,
  needs,
  'a root that is only covered is in reach: who lifts the cover has the host’s root',
  async () => {
    assert.is(await endIn(image, cover()), 0, 'covered');
    assert.is(await endIn('/', [...cover(), ...liftCover()]), 0, 'lifted');
    assert.is(await endIn(image, pivot()), 0, 'pivoted');
    const lifted = await endIn('/', [...pivot(), ...liftCover()]);
    assert.instance(lifted, CallFailure);
    assert.match((lifted as Error).message, 'umount2("/", MNT_DETACH) = -1 EINVAL (Invalid argument)');
  },
);

kernelTest(test, needs, 'what pivot_root refuses: a root that is no mount, and one that is shared', async () => {
  const attaching = ['move_mount', 'fchdir'];
  const unmounted = await endIn(image, pivot(), {
    revise: (list) => list.filter(({ info }) => !attaching.includes(info.name)),
  });
  const shared = await endIn(image, [mount('none', '/', null, MS_REC | MS_SHARED), ...pivot()]);
  assert.instance(unmounted, CallFailure);
  // Which of the two depends on whether the image and the root are on one mount.
  assert.match(
    (unmounted as Error).message,
    /pivot_root\("\.", "\."\) = -1 (EINVAL .*\n {2}The new root must be a mount point|EBUSY .*\n {2}The new root is on the mount)/,
  );
  assert.instance(shared, CallFailure);
  assert.match((shared as Error).message, 'pivot_root(".", ".") = -1 EINVAL (Invalid argument)');
  assert.match((shared as Error).message, 'its parent mount must not be shared');
});

kernelTest(test, needs, '--read-only: nothing in the image can be changed, and what lies on it can', async () => {
  const copy = copyOf(image);
  execFileSync('rm', ['-r', join(copy, 'proc'), join(copy, 'dev')]);
  const container = await startNine(['--rootfs', copy, '--read-only', '--tmpfs', '/tmp']);
  for (const act of ['touch /made', 'rm /etc/passwd', 'chmod 777 /etc', 'mkdir /usr/made', 'mv /etc /made']) {
    assert.match((await container.run(act)).output, 'Read-only file system', act);
  }
  assert.is(await container.output('echo x >/tmp/x; echo x >/dev/null; cat /tmp/x'), 'x');
  assert.equal(readdirSync(join(copy, 'tmp')), []);
  await container.end();
  assert.ok(existsSync(join(copy, 'etc/passwd')));
});

kernelTest(
  test,
  needs,
  '--tmpfs: empty, in memory, for everybody, without devices, set-user-ID and programs',
  async () => {
    const container = await startNine(['--tmpfs', '/root', '--tmpfs', '/tmp']);
    const found = mountsOf(container.pid).filter(({ mountPoint }) => ['/root', '/tmp'].includes(mountPoint));
    assert.equal(
      found.map(({ type, options }) => `${type} ${[...options].sort().join()}`),
      Array(2).fill('tmpfs nodev,noexec,nosuid,relatime,rw'),
    );
    assert.is(await container.output('ls -A /tmp /root; stat -c %a:%u /tmp'), '/root:\n\n/tmp:\n1777:0');
    await container.end();
  },
);

/** A folder of the host's that root inside may write to, in a place that it may not enter. */
function hostFolder(): string {
  const folder = join(temporaryDirectory(), 'folder');
  mkdirSync(folder);
  chownSync(folder, ROOT_INSIDE, ROOT_INSIDE);
  writeFileSync(join(folder, 'file'), 'of the host\n');
  return folder;
}

kernelTest(test, needs, '-v: a folder and a file of the host, in reach of root inside or not', async () => {
  const folder = hostFolder();
  const file = join(folder, 'file');
  const container = await startNine(['-v', `${folder}:/mnt`, '--volume', `${file}:/etc/os-release:ro`]);
  assert.is(identity(`${rootOf(container)}/mnt/.`), identity(folder));
  assert.is(await container.output('cat /mnt/file /etc/os-release'), 'of the host\nof the host');
  await container.output('echo made inside >/mnt/made');
  assert.is(read(join(folder, 'made')), 'made inside\n');
  assert.is(statSync(join(folder, 'made')).uid, ROOT_INSIDE);
  assert.match((await container.run('echo x >/etc/os-release')).output, 'Read-only file system');
  assert.match(container.narration, `${file} belongs to user 0, who has no number inside: there it is nobody's.`);
  assert.not.match(container.narration, `${folder} belongs`);
  await container.end();
  assert.match(read(join(image, 'etc/os-release')), 'Container lab');
});

kernelTest(test, [...needs, program('mount')], '-v …:ro: read-only with all that is mounted in it', async () => {
  const folder = hostFolder();
  const below = join(folder, 'below');
  mkdirSync(below);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', below]);
  onTestEnd(() => execFileSync('umount', [below]));
  chmodSync(below, 0o777);
  const container = await startNine(['-v', `${folder}:/mnt:ro`, '-v', `${folder}:/run`]);
  for (const path of ['/mnt', '/mnt/below']) {
    assert.match((await container.run(`touch ${path}/made`)).output, 'Read-only file system', path);
  }
  await container.output('touch /run/made /run/below/made');
  assert.ok(existsSync(join(below, 'made')), 'the mount below is there, and not only its place');
  await container.end();
});

kernelTest(
  test,
  [...needs, program('unshare')],
  'what is mounted in a volume on one side is not seen on the other',
  async () => {
    const folder = hostFolder();
    mkdirSync(join(folder, 'below'));
    chownSync(join(folder, 'below'), ROOT_INSIDE, ROOT_INSIDE);
    const wrap = ['unshare', '--mount', '--propagation', 'shared'];
    const container = await startNine(['-v', `${folder}:/mnt`], { wrap });
    await container.output('mount -t tmpfs made-inside /mnt/below');
    assert.match(read(`/proc/${container.pid}/mountinfo`), 'made-inside');
    assert.not.match(read(`/proc/${container.started}/mountinfo`), 'made-inside');
    assert.match(read(`/proc/${container.started}/mountinfo`), ' shared:');
    await container.end();
  },
);

kernelTest(test, needs, 'what is bad in -v and --tmpfs: one line each, and nothing is begun', async () => {
  const copy = copyOf(image);
  const outside = temporaryDirectory();
  symlinkSync(outside, join(copy, 'leads-out'));
  symlinkSync('/proc/self/root', join(copy, 'leads-to-proc'));
  symlinkSync('../../../../..', join(copy, 'leads-up'));
  symlinkSync('var/tmp', join(copy, 'leads-in'));
  const before = readdirSync(copy);
  const cases: [readonly string[], string][] = [
    [['-v', 'folder:/mnt'], '--volume: "folder" is not an absolute path, such as /srv/data.'],
    [['-v', '/tmp:mnt'], '--volume: "mnt" is not an absolute path, such as /srv/data.'],
    [['-v', '/tmp'], '--volume: "/tmp" is not HOST:INSIDE[:ro].'],
    [['-v', ':/mnt'], '--volume: ":/mnt" is not HOST:INSIDE[:ro].'],
    [['-v', '/tmp:/mnt:no'], '--volume: "/tmp:/mnt:no" is not HOST:INSIDE[:ro], in which no path may have a colon.'],
    [['-v', '/a:b:/mnt:ro'], '--volume: "/a:b:/mnt:ro" is not HOST:INSIDE[:ro], in which no path may have a colon.'],
    [['-v', '/tmp:/mnt/../etc'], '--volume: "/mnt/../etc" goes up: name the place without "..".'],
    [['-v', '/no such place:/mnt'], '--volume: /no such place is not there.'],
    [['-v', '/etc/passwd/x:/mnt'], '--volume: /etc/passwd/x is not there.'],
    [['-v', '/tmp:/nowhere'], '--volume: /nowhere is not in the image. Take a place that is there, such as /mnt.'],
    [['-v', '/etc/passwd:/mnt'], '--volume: /mnt is a folder, and a file is to be mounted there.'],
    [['-v', '/tmp:/etc/passwd'], '--volume: /etc/passwd is no folder, and a folder is to be mounted there.'],
    [['-v', '/tmp:/'], '--volume: / is the image itself, which --rootfs chooses.'],
    [['-v', '/tmp:/proc/1'], '--volume: /proc/1 lies in what the kit itself mounts at /proc.'],
    [['-v', '/tmp:/leads-out'], '--volume: /leads-out is not in the image. Take a place that is there, such as /mnt.'],
    [
      ['-v', '/tmp:/leads-to-proc'],
      '--volume: /leads-to-proc is not in the image. Take a place that is there, such as /mnt.',
    ],
    [
      ['-v', '/tmp:/leads-up'],
      '--volume: /leads-up, which is / in the image, is the image itself, which --rootfs chooses.',
    ],
    [['-v', '/tmp:/mnt', '--tmpfs', '/mnt/'], '--tmpfs: /mnt is given twice.'],
    [['-v', '/tmp:/leads-in', '--tmpfs', '/var'], '--tmpfs: /var and /var/tmp would cover each other.'],
    [['--tmpfs', 'tmp'], '--tmpfs: "tmp" is not an absolute path, such as /srv/data.'],
    [['--tmpfs', '/tmp:ro'], '--tmpfs: "/tmp:ro" has a colon, and a path alone belongs here.'],
    [['--tmpfs', '/etc/passwd'], '--tmpfs: /etc/passwd is no folder, and a folder is to be mounted there.'],
    [['--tmpfs', '/dev'], '--tmpfs: /dev lies in what the kit itself mounts at /dev.'],
    [['--read-only=yes'], '--read-only takes no value.'],
  ];
  for (const [words, line] of cases) {
    const { status, stdout, stderr } = lab(['step', '9', '--rootfs', copy, ...words, '--', 'echo', 'begun']);
    assert.equal([status, stdout, stderr], [2, '', `${line}\n`], words.join(' '));
  }
  assert.equal(readdirSync(copy), before);
  assert.equal(readdirSync(outside), []);
  const container = await startNine(['--rootfs', copy, '--tmpfs', '/leads-in']);
  assert.is(await container.output('grep -c " /var/tmp .* tmpfs " /proc/self/mountinfo'), '1');
  await container.end();
});

kernelTest(test, needs, 'a link that turns up in the image only later does not lead out of it either', async () => {
  const copy = copyOf(image);
  const source = hostFolder();
  for (const [target, errno] of [
    ['/proc/self/root/etc', 'ELOOP'],
    ['/proc/self/fd/3', 'ELOOP'],
    ['../../../../../../../../../etc/../no such place', 'ENOENT'],
  ] as const) {
    const trap = join(copy, 'trap');
    symlinkSync(target, trap);
    const failure = await stepNine(copy, { mounts: [{ type: 'bind', source, destination: '/trap', readonly: false }] });
    execFileSync('rm', [trap]);
    assert.instance(failure, CallFailure, target);
    assert.match((failure as Error).message, new RegExp(`openat2\\(AT_FDCWD, "/trap", .* = -1 ${errno} `), target);
  }
  symlinkSync('../../../../../../../../../mnt', join(copy, 'trap'));
  const status = await stepNine(copy, { mounts: [{ type: 'bind', source, destination: '/trap', readonly: false }] });
  assert.is(status, 0, 'a link that goes up ends at the top of the image');
});

kernelTest(test, needs, 'a kernel that is too old for read-only or for a place inside says how old', async () => {
  for (const [call, settings, advice] of [
    ['mount_setattr', { root: { path: image, readonly: true } }, 'mount_setattr needs Linux 5.12.'],
    ['openat2', { mounts: [{ type: 'tmpfs', destination: '/tmp' }] }, 'openat2 needs Linux 5.6.'],
  ] as const) {
    const revise: StepRun['revise'] = (list) => [...refusing([call], 'ENOSYS'), ...list];
    const failure = await stepNine(image, settings, revise);
    assert.instance(failure, CallFailure, call);
    assert.match((failure as Error).message, new RegExp(`${call}\\(.* = -1 ENOSYS`));
    assert.match((failure as Error).message, advice);
  }
});

async function stepNine(
  path: string,
  settings: Partial<Settings>,
  revise?: StepRun['revise'],
): Promise<number | Error> {
  const owner = newOwnerName();
  const program = [execve('/bin/sh', ['sh', '-c', 'test -f /mnt/file'], [`${OWNER_VARIABLE}=${owner}`])];
  try {
    const all = { ...DEFAULTS, root: { path }, ...settings };
    return await runStep({ step: stepAt(9), owner, settings: all, program, revise });
  } catch (error) {
    return error as Error;
  }
}

kernelTest(test, needs, 'the host’s mount table is as before, during the run and after it', async () => {
  const folder = hostFolder();
  const before = read('/proc/self/mountinfo');
  const container = await startNine(['--read-only', '--tmpfs', '/tmp', '-v', `${folder}:/mnt`]);
  assert.is(read('/proc/self/mountinfo'), before);
  assert.equal([readdirSync(join(image, 'dev')), readdirSync(join(image, 'mnt'))], [[], []]);
  await container.killKit();
  await container.ended().catch(() => {});
  assert.is(read('/proc/self/mountinfo'), before);
});

test.run();
