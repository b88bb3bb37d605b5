/**
 * A host of its own for a test file: PID, mount, network, UTS and IPC namespaces, with a /proc, a /sys, a /run, a /tmp
 * and a /var/tmp that belong to them. Files that run side by side do not see each other there, and what one leaves behind is its own.
 * The cgroups are the machine's; the kit's bear the number of the PID namespace.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Circumstances, type Outcome, runCommand } from './command.ts';
import { scratchFolder } from './scratch.ts';

const script = fileURLToPath(new URL('./host.sh', import.meta.url));
const top = fileURLToPath(new URL('..', import.meta.url));
/** When the runner is killed, so is unshare, and with it process 1. */
const UNSHARE = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--pid', '--fork', '--kill-child', '--mount', '--propagation', 'private', '--uts', '--ipc'],
];
/** How long what is about to go may take to go: a network namespace's end is asynchronous. */
const PATIENCE_MS = 3000;

export interface HostOutcome extends Outcome {
  /** What the command has left behind on its host, a line each. */
  readonly leftovers: readonly string[];
}

/** Folders of which each host has its own, and where those of all hosts are; /var/tmp may be on another disk. */
const FOLDERS = ['/tmp', '/var/tmp'].filter((path) => existsSync(path) && realpathSync(path) === path);
let scratch: readonly { readonly folder: string; readonly place: string }[] | undefined;
let hosts = 0;
/** The hosts' PID namespaces that may still have cgroups. */
const namespaces = new Set<string>();
process.on('exit', () => namespaces.forEach(removeGroups));

/** Why no process can be given a host of its own here, or undefined if it can. */
export async function whyNoHost(): Promise<string | undefined> {
  if (process.geteuid?.() !== 0) return 'this needs root';
  const { status, output } = await runOnHost(['true'], { timeoutS: 120 });
  return status === 0 ? undefined : output.trim().split('\n').at(-1) || `status ${status}`;
}

/** Runs a command on a host of its own, which ends with it; with `network: 'machine'` it can reach other machines. */
export async function runOnHost(
  words: readonly string[],
  circumstances: Circumstances,
  network: 'own' | 'machine' = 'own',
): Promise<HostOutcome> {
  hosts += 1;
  scratch ??= FOLDERS.map((folder) => ({ folder, place: scratchFolder(folder) }));
  const folders = scratch.map(({ folder, place }) => ({ folder, own: join(place, String(hosts)) }));
  for (const { own } of folders) mkdirSync(own);
  const hasOwn = network === 'own';
  let leftovers: readonly string[] = [];
  let pid = 0;
  let namespace = '';

  const converse = async (channel: Duplex) => {
    channel.on('error', () => {}); // it ended before it had read the answer
    let before: Sight | undefined;
    for await (const line of createInterface({ input: channel })) {
      if (before) {
        leftovers = await remains(() => look(pid, folders, hasOwn), namespace, before);
      } else {
        pid = Number(line.split(' ')[1]);
        namespace = /\d+/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[0] ?? '';
        // The kernel gives a number again: what bears it already is of a host that was killed.
        removeGroups(namespace);
        namespaces.add(namespace);
        before = look(pid, folders, hasOwn);
      }
      channel.write('go on\n');
    }
  };

  const unshare = [...UNSHARE, ...(hasOwn ? ['--net'] : [])];
  const owns = folders.map(({ own, folder }) => `${own} ${folder}`);
  const lists = [owns, keptPaths(), mountsBelowSys()].map((lines) => lines.join('\n'));
  const command = [...unshare, 'sh', script, ...lists, ...words];
  try {
    const outcome = await runCommand(command, {
      ...circumstances,
      env: { ...circumstances.env, TMPDIR: '/tmp', OWN_NETWORK: hasOwn ? 'yes' : '' },
      converse,
      // When process 1 is killed, the kernel kills its namespace; unshare ends when all of it is gone.
      end: () => kill(pid),
    });
    return { ...outcome, leftovers };
  } finally {
    removeGroups(namespace);
    for (const { own } of folders) rmSync(own, { recursive: true, force: true });
  }
}

/** What of these folders of the machine the tests need: the kit, its tests, Node.js, a home, the programs. */
function keptPaths(): string[] {
  const needed = [
    ...[top, process.env.TEST_FOLDER ?? '', homedir(), dirname(dirname(process.execPath))],
    ...(process.env.PATH ?? '').split(':'),
  ];
  const inside = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return inside.filter((path) => needed.some((place) => `${normalize(place)}/`.startsWith(`${path}/`)));
}

function kill(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function mountPoints(pid: number | 'self'): string[] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ')[4] ?? '');
}

/** The mounts below /sys, without those that are below one of them. */
function mountsBelowSys(): string[] {
  const below = [...new Set(mountPoints('self'))].filter((path) => path.startsWith('/sys/'));
  return below.filter((path) => !below.some((other) => path.startsWith(`${other}/`)));
}

/** A folder of the machine, and what is in its place on a host. */
interface Folder {
  readonly folder: string;
  readonly own: string;
}

interface Sight {
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  readonly files: readonly string[];
  readonly processes: readonly string[];
}

/** What there is on the host of a process 1, seen from outside; of the network, if that is its own. */
function look(pid: number, folders: readonly Folder[], hasOwnNetwork: boolean): Sight {
  return {
    mounts: readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trim().split('\n'),
    links: hasOwnNetwork ? readdirSync(`/proc/${pid}/root/sys/class/net`) : [],
    files: [
      ...folders.flatMap(({ own, folder }) => readdirSync(own).map((name) => join(folder, name))),
      ...readdirSync(`/proc/${pid}/root/run`).map((name) => join('/run', name)),
    ],
    processes: processes(`/proc/${pid}/root/proc`),
  };
}

/** Those that run, process 1 apart; a zombie has ended. */
function processes(proc: string): string[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name) && name !== '1')
    .flatMap((pid) => {
      try {
        if (/\) [ZX] /.test(readFileSync(join(proc, pid, 'stat'), 'utf8'))) return [];
        return [
          `${pid} ${readFileSync(join(proc, pid, 'cmdline'), 'utf8')
            .replaceAll('\0', ' ')
            .trim()}`,
        ];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

/** What was not there before, and does not go by itself. */
async function remains(lookAgain: () => Sight, namespace: string, before: Sight): Promise<string[]> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(20)) {
    const now = lookAgain();
    // Where a run of the kit elsewhere removes its cgroup, a mount of it goes.
    const lost = before.mounts.filter((line) => !now.mounts.includes(line) && !line.includes('/container-lab-'));
    const found = [
      ...now.processes.map((line) => `process ${line}`),
      ...now.mounts.filter((line) => !before.mounts.includes(line)).map((line) => `mount ${line}`),
      ...lost.map((line) => `no longer the mount ${line}`),
      ...now.links.filter((name) => !before.links.includes(name)).map((name) => `link ${name}`),
      ...now.files.filter((name) => !before.files.includes(name)).map((path) => `file ${path}`),
      ...groupsOf(namespace).map((path) => `cgroup ${path}`),
    ];
    if (found.length === 0 || Date.now() > deadline) return found;
  }
}

/** The cgroups that runs in a PID namespace have made, the deepest first. */
function groupsOf(namespace: string): string[] {
  if (namespace === '') return [];
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const mounts = lines.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(' ')[4] ?? '');
  if (mounts.length === 0) return [];
  const { stdout } = spawnSync(
    'find',
    [...mounts, '-depth', '-type', 'd', '-path', `*/container-lab-????????-${namespace}-*`],
    {
      encoding: 'utf8',
    },
  );
  return stdout.split('\n').filter(Boolean);
}

function removeGroups(namespace: string): void {
  const groups = groupsOf(namespace);
  if (groups.length > 0) spawnSync('rmdir', groups);
  namespaces.delete(namespace);
}
