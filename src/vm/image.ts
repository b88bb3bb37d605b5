/**
 * The machine's disk: a plain Debian with systemd, as an ext4 file system
 * without a partition table, and the kernel beside it.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quoted } from '../command-line/quoted.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { programPath } from '../proc/programs.ts';
import { cached, keyOf, sweep } from './cache.ts';
import type { Machine } from './machine.ts';
import { portableNode } from './node.ts';
import { requirePrograms, run } from './programs.ts';

const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'udev', 'kmod', 'dbus', 'dbus-user-session', 'libpam-systemd', 'login', 'passwd'],
  ...['uidmap', 'sudo', 'iproute2', 'iputils-ping', 'procps', 'util-linux', 'strace', 'tmux', 'less', 'nano'],
  ...['gcc', 'libc6-dev', 'linux-libc-dev', 'libasan8', 'libubsan1', 'libstdc++6', 'libatomic1', 'make'],
  ...['ca-certificates', 'busybox-static', 'e2fsprogs', 'iptables', 'nftables', 'xz-utils', 'zstd'],
];
const LEFT_OUT = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];
/** The suite for hosts that are not Debian. */
const DEFAULT_SUITE = 'bookworm';
const DISK_SIZE = '4G';
const BUILD_TIMEOUT_MS = 900_000;

const guest = join(dirname(fileURLToPath(import.meta.url)), 'guest');
const guestFile = (name: string) => readFileSync(join(guest, name), 'utf8');

/** Where the packages of the image come from. */
interface PackageSource {
  readonly suite: string;
  /** Lines of a sources.list; none leaves the choice to mmdebstrap. */
  readonly mirrors: readonly string[];
}

export interface MachineImage {
  readonly disk: string;
  readonly kernel: string;
}

/** The image, built when there is none that fits. `say` is called with news of a build. */
export function ensureMachineImage(machine: Machine, say: (line: string) => void): MachineImage {
  const { suite, mirrors } = packageSource();
  const files = ['lab-job.service', 'set-up.sh'].map(guestFile);
  const key = keyOf(machine.debian, suite, process.version, ...PACKAGES, ...files);
  const directory = cached(`image-${key}`, (unfinished) => {
    say('Building the machine (once, about a minute)…');
    const start = performance.now();
    build(machine, suite, mirrors, unfinished);
    say(`Built in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
  });
  return { disk: join(directory, 'disk'), kernel: join(directory, 'kernel') };
}

/** On Debian the host's own release from where its apt has it, so that what is built here runs there. */
function packageSource(): PackageSource {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || !suite || !programPath('apt-get')) return { suite: DEFAULT_SUITE, mirrors: [] };
  // $(SUITE) would be "oldstable"; a codename is bookworm, bookworm-updates or bookworm-security.
  const format = 'deb $(REPO_URI) $(CODENAME) main $(ORIGIN)';
  const lines = run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']).split('\n');
  const ours = lines.filter((line) => line.endsWith(' Debian') && line.split(' ')[2]?.startsWith(suite));
  return { suite, mirrors: [...new Set(ours.map((line) => line.replace(/ Debian$/, '')))] };
}

function build(machine: Machine, suite: string, mirrors: readonly string[], target: string): void {
  requirePrograms('Building the machine', [
    { name: 'mmdebstrap', package: 'mmdebstrap' },
    { name: 'mke2fs', package: 'e2fsprogs' },
    { name: 'dpkg-deb', package: 'dpkg' },
    ...(process.geteuid?.() === 0 ? [] : [{ name: 'newuidmap', package: 'uidmap' }]),
  ]);
  // In /tmp, because without root mmdebstrap works as another user, whom a home folder may shut out.
  sweep(tmpdir());
  const scratch = join(tmpdir(), newOwnerName());
  mkdirSync(scratch);
  try {
    chmodSync(scratch, 0o777);
    const tar = join(scratch, 'root.tar');
    const { node, npm } = portableNode(scratch);
    const upload = (name: string, path: string) => `--customize-hook=upload ${quoted(join(guest, name))} ${path}`;
    const command = [
      ...confinement(),
      ...['mmdebstrap', '--quiet', '--variant=minbase', `--architectures=${machine.debian}`],
      `--include=${PACKAGES.join(',')}`,
      ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
      upload('lab-job.service', '/etc/systemd/system/lab-job.service'),
      `--customize-hook=upload ${quoted(node)} /usr/local/bin/node`,
      '--customize-hook=mkdir -p "$1/usr/local/lib/node_modules"',
      `--customize-hook=copy-in ${quoted(npm)} /usr/local/lib/node_modules`,
      `--customize-hook=${guestFile('set-up.sh')}`,
      `--customize-hook=download vmlinuz ${quoted(join(scratch, 'kernel'))}`,
      ...[suite, tar, ...mirrors],
    ];
    run(command, { env: { KERNEL: machine.kernel, TMPDIR: scratch }, timeoutMs: BUILD_TIMEOUT_MS });
    makeDisk(scratch, tar);
    copyFileSync(join(scratch, 'kernel'), join(target, 'kernel'));
    // cp keeps the holes of a sparse file.
    run(['cp', '--sparse=always', join(scratch, 'disk'), join(target, 'disk')]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * If this process is killed, mmdebstrap must end too. Root's mounts /proc and
 * others in its directory: in namespaces of its own they end with it. Without
 * root it makes such namespaces by itself.
 */
function confinement(): string[] {
  if (process.geteuid?.() !== 0) return ['setpriv', '--pdeathsig', 'TERM'];
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--mount-proc', '--fork', '--kill-child'];
}

/** Owners must be right in the file system, so it is made by root, or by root of a user namespace. */
function makeDisk(scratch: string, tar: string): void {
  const script =
    'cd "$1" && mkdir root && tar -xf "$2" -C root && mke2fs -q -t ext4 -d root disk "$3"; s=$?; rm -rf root; exit $s';
  const asRoot = process.geteuid?.() === 0 ? [] : ['mmdebstrap', '--unshare-helper'];
  run([...asRoot, 'sh', '-c', script, 'make-disk', scratch, tar, DISK_SIZE], { timeoutMs: BUILD_TIMEOUT_MS });
}
