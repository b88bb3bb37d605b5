/** Running the kit's commands, and seeing from outside what they leave. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patience } from './patience.ts';

export const top = fileURLToPath(new URL('../..', import.meta.url));
export const launcher = join(top, 'bin/lab.cjs');
/** For `node --import`: tsx, with a cache that only the kit's owner may write. */
export const loader = join(top, 'bin/tsx.mjs');
const TIMEOUT_MS = 60_000;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Record<string, string>;
  /** Run as this user instead of root. */
  readonly uid?: number;
}

/** Runs `npm run …` without npm: `lab(['step', '4', '--', 'true'])`. */
export function lab(words: readonly string[], { input = '', env = {}, uid }: RunOptions = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...words], {
    cwd: top,
    encoding: 'utf8',
    input,
    env: { ...process.env, ...env },
    timeout: patience(TIMEOUT_MS),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return { status, stdout, stderr };
}

/** Starts a command and lets it run; its streams are pipes. */
export function startLab(words: readonly string[], { env = {} }: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, [launcher, ...words], { cwd: top, env: { ...process.env, ...env } });
}

/** What must be the same before and after, byte for byte. */
export interface HostState {
  readonly mountinfo: string;
  readonly links: string[];
  readonly cgroups: string[];
  readonly processes: string[];
  readonly hostname: string;
  readonly temporary: string[];
}

/** What the kit could have left on this machine. */
export function hostState(): HostState {
  return {
    mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    links: ownLinks(),
    cgroups: ownCgroups(),
    processes: markedProcesses(),
    hostname: readFileSync('/proc/sys/kernel/hostname', 'utf8'),
    temporary: readdirSync('/tmp')
      .filter((name) => /container|lab/.test(name))
      .sort(),
  };
}

/** The network interfaces of this machine. */
export function ownLinks(): string[] {
  return readdirSync('/sys/class/net')
    .filter((name) => !isElsewhere(read(`/sys/class/net/${name}/ifalias`)))
    .sort();
}

/** Every cgroup, in any hierarchy, that bears the mark of an owner, or of any that these tests started or that is over. */
export function ownCgroups(owner?: string): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '');
  return mounts.flatMap((mount) => {
    const named = ['-type', 'd', '-name', owner || 'container-lab-*'];
    const { stdout } = spawnSync('find', [mount, ...named], { encoding: 'utf8' });
    return stdout.split('\n').filter((path) => path !== '' && (owner || !isElsewhere(basename(path))));
  });
}

/** Processes that carry the kit's mark in their environment. */
export function markedProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      const owner = /(?:^|\0)CONTAINER_LAB=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1];
      return owner !== undefined && !isElsewhere(owner);
    })
    .map((pid) => `${pid} ${read(`/proc/${pid}/comm`).trim()}`);
}

/** Whether an owner's name is that of a run that lives and that these tests did not start: none of our business. */
function isElsewhere(owner: string): boolean {
  const [, namespace, pid, started] = /^container-lab-[0-9a-f]{8}-(\d+)-(\d+)-(\d+)/.exec(owner) ?? [];
  if (!namespace || !pid) return false;
  if (readlinkSync('/proc/self/ns/pid') !== `pid:[${namespace}]`) return true;
  return statFields(pid)[21] === started && !forebears(pid).includes(String(process.pid));
}

function forebears(pid: string): string[] {
  const parent = statFields(pid)[3];
  return parent === undefined ? [pid] : [pid, ...forebears(parent)];
}

/** The fields of /proc/PID/stat, the first of them at 0; proc_pid_stat(5) counts from 1. */
export function statFields(pid: number | string): string[] {
  const [, name = '', rest = ''] = /^\d+ (\(.*\)) (.*)$/s.exec(read(`/proc/${pid}/stat`)) ?? [];
  return name === '' ? [] : [String(pid), name, ...rest.trim().split(' ')];
}

/** The namespaces of a process: `{ uts: 'uts:[4026531838]', … }`. */
export function namespacesOf(pid: number | 'self'): Record<string, string> {
  return Object.fromEntries(
    ['uts', 'ipc', 'pid', 'mnt', 'user', 'net', 'cgroup'].map((name) => [
      name,
      readlinkSync(`/proc/${pid}/ns/${name}`),
    ]),
  );
}

/** The process that runs `marker` (a word of its command line), as the host numbers it. */
export async function findProcess(marker: string, timeoutMs = 10_000): Promise<number> {
  const end = Date.now() + patience(timeoutMs);
  while (Date.now() < end) {
    const found = readdirSync('/proc').find(
      (name) =>
        /^\d+$/.test(name) &&
        read(`/proc/${name}/environ`).includes('CONTAINER_LAB=') &&
        read(`/proc/${name}/cmdline`).split('\0').includes(marker),
    );
    if (found) return Number(found);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no process with ${marker} on its command line within ${patience(timeoutMs)} ms`);
}

export function read(path: string): string {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
