/** What runs of certain processes have left; the work of others, which may be running, does not count. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { markedProcesses, ownCgroups, read } from './lab.ts';
import { eventually } from './many.ts';

export interface Leftovers {
  readonly processes: string[];
  readonly links: string[];
  readonly cgroups: string[];
  readonly temporary: string[];
}

/** The process that an owner's name speaks of: `container-lab-BOOT-PIDNS-PID-STARTTIME-RUN`. */
function pidIn(name: string): number {
  return Number(/container-lab-[0-9a-f]{8}-\d+-(\d+)-/.exec(name)?.[1] ?? 0);
}

export function leftoversOf(pids: ReadonlySet<number>): Leftovers {
  return {
    processes: processesOf(pids),
    links: linksOf(pids),
    cgroups: ownCgroups().filter((path) => pids.has(pidIn(basename(path)))),
    temporary: readdirSync(tmpdir()).filter((name) => pids.has(pidIn(name))),
  };
}

export function processesOf(pids: ReadonlySet<number>): string[] {
  return markedProcesses().filter((line) => pids.has(pidIn(read(`/proc/${line.split(' ')[0]}/environ`))));
}

export function linksOf(pids: ReadonlySet<number>): string[] {
  return readdirSync('/sys/class/net').filter((name) => pids.has(pidIn(read(`/sys/class/net/${name}/ifalias`))));
}

/** Links of this kit's kind that bear no mark: nobody could tell whose they are. */
export function unmarkedLinks(): string[] {
  return readdirSync('/sys/class/net').filter(
    (name) => /^lab\d+$/.test(name) && read(`/sys/class/net/${name}/ifalias`).trim() === '',
  );
}

/** Unmarked links that are new, and stay so: others may be making one right now. */
export async function lostLinks(known: readonly string[], patienceMs = 300): Promise<string[]> {
  const found = () => unmarkedLinks().filter((name) => !known.includes(name));
  return (await eventually(() => found().length === 0, patienceMs)) ? [] : found();
}

export const NONE: Leftovers = { processes: [], links: [], cgroups: [], temporary: [] };

/** The children of this process, dead or alive. */
export function children(): string[] {
  return read(`/proc/self/task/${process.pid}/children`).trim().split(' ').filter(Boolean);
}

/** What of the host no run may change: mounts, its name, the ids of its namespaces. */
export function hostView(): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [
    // What somebody else mounts meanwhile in a temporary folder is nothing of ours.
    ...mounts.filter((line) => !line.split(' ')[4]?.startsWith(`${tmpdir()}/`)),
    readFileSync('/proc/sys/kernel/hostname', 'utf8'),
    ...['uts', 'ipc', 'mnt', 'net', 'user', 'pid'].map((name) => String(statSync(`/proc/self/ns/${name}`).ino)),
  ].join('\n');
}
