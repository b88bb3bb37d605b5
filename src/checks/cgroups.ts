/** The cgroups of a process, as the host sees them: the files there are evidence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Counters } from '../cgroups/counters.ts';
import { findHierarchies } from '../cgroups/hierarchies.ts';
import { isLeaf } from '../leftovers/cgroups.ts';
import { IDLE } from './draw.ts';
import type { Expectation } from './expectation.ts';
import { Beginning } from './history.ts';
import { descendants, Process } from './process.ts';
import type { Trial } from './trial.ts';

/**
 * The directory of a process's cgroup for a controller: in its v1 hierarchy if
 * it has one, or else in v2's.
 * @throws ProcessGone
 */
export function cgroupOf(process: Process, controller: string): string {
  const hierarchies = findHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'), process.read('cgroup'));
  const found =
    hierarchies.find(({ controllers }) => controllers.includes(controller)) ??
    hierarchies.find(({ version }) => version === 2);
  if (!found) throw new Error(`There is no hierarchy with the controller ${controller}.`);
  return found.own;
}

/**
 * The cgroup of v2 that a process is in: its directory, and its path from the
 * top of the hierarchy, as mountinfo names it.
 * @throws ProcessGone
 */
export function unifiedOf(process: Process): { readonly directory: string; readonly path: string } {
  const hierarchies = findHierarchies(readFileSync('/proc/self/mountinfo', 'utf8'), process.read('cgroup'));
  const found = hierarchies.find(({ version }) => version === 2);
  if (!found) throw new Error('There is no hierarchy of version 2.');
  return { directory: found.own, path: process.cgroups.find(({ version }) => version === 2)?.path ?? '' };
}

/** The number in the first of some files that this machine has; undefined if it has none, and for `max`. */
export function limitOf(directory: string, ...files: readonly string[]): number | undefined {
  const counters = new Counters([directory]);
  return files.map((file) => counters.number(file)).find((number) => number !== undefined);
}

/** What limits each program had when it began, which is looked at then. */
export class LimitsAtFirst {
  readonly #limitOf: (process: Process) => number | undefined;
  readonly #found = new Map<string, number | undefined>();

  constructor(limitOf: (process: Process) => number | undefined) {
    this.#limitOf = limitOf;
  }

  /** For `begins`. @throws ProcessUnseen */
  async look(process: Process, name: string): Promise<void> {
    this.#found.set(name, this.#limitOf(process));
  }

  /** A limit as it is now, or as it was, if it was another when the program began. */
  inWords(name: string, now: number | undefined, words: (limit?: number) => string | number): string | number {
    const first = this.#found.has(name) ? this.#found.get(name) : now;
    return first === now ? words(now) : `${words(first)}, when it began`;
  }
}

/** How many CPUs a cgroup may use; undefined for no limit. Sources: sched-bwc.rst, cgroup-v2.rst. */
export function cpusOf(directory: string): number | undefined {
  const counters = new Counters([directory]);
  const v1 = [counters.text('cpu.cfs_quota_us'), counters.text('cpu.cfs_period_us')];
  const [quota, period] = v1[0] === undefined ? (counters.text('cpu.max') ?? '').split(' ') : v1;
  const cpus = Number(quota) / Number(period);
  return cpus > 0 ? cpus : undefined;
}

/** In how many periods the quota was used up and the cgroup had to wait. */
export function throttled(directory: string): number {
  return new Counters([directory]).keyed('cpu.stat', 'nr_throttled') ?? 0;
}

/** How many processes the kernel has killed because memory ran out. */
export function oomKills(directory: string): number {
  const counters = new Counters([directory]);
  return counters.keyed('memory.oom_control', 'oom_kill') ?? counters.keyed('memory.events', 'oom_kill') ?? 0;
}

/** How many forks the kernel has refused. */
export function refusedForks(directory: string): number {
  return new Counters([directory]).keyed('pids.events', 'max') ?? 0;
}

/** Whose cgroup a process is in: that of an owner by its name, the submission's, the sandbox's, or `one of its own`. */
export function cgroupInWords(
  trial: Trial,
  process: Process,
  controller: string,
  owners: Readonly<Record<string, Process>> = {},
): Expectation {
  const named = { ...owners, "the submission's": trial.parent };
  const own = cgroupOf(process, controller);
  const [whose] = Object.entries(named).find(([, owner]) => cgroupOf(owner, controller) === own) ?? [];
  const words = whose ?? (isSandboxs(trial, own) ? "the sandbox's" : 'one of its own');
  const moved = process instanceof Beginning && cgroupOf(new Process(process.pid), controller) !== own;
  return {
    expected: 'one of its own',
    observed: moved ? `${words}, when it began` : words,
    command: `cat ${[process, ...Object.values(named)].map(({ pid }) => `/proc/${pid}/cgroup`).join(' ')}`,
  };
}

/** In v2 the sandbox's own processes move down into a leaf when it hands out controllers: see src/cgroups. */
function isSandboxs(trial: Trial, own: string): boolean {
  return trial.cgroups.includes(isLeaf(own) ? dirname(own) : own);
}

/**
 * Whoever is in the cgroup in which a sentry began, also if that has been moved
 * since: itself, as it was, or its idle child where the kernel does not tell.
 * @throws CheckFailed if there is none
 */
export async function whereItBegan(trial: Trial, sentry: Process): Promise<Process> {
  const beginning = trial.beginningOf(sentry);
  if (beginning) return beginning;
  const look = () => descendants(sentry.pid).find(isIdle);
  await trial.until(() => look() !== undefined);
  const found = look();
  if (!found) trial.expect('the first child of a program', { expected: 'it runs', observed: 'none' });
  return found ?? sentry;
}

function isIdle(process: Process): boolean {
  try {
    return process.argv.at(-1) === IDLE;
  } catch {
    return false; // It ended meanwhile.
  }
}

/** For the end: a submission that makes a cgroup removes it, and does not only give it another name. */
export function removed(trial: Trial, directory: string): Expectation {
  const others = trial.cgroups.flatMap(cgroupsBelow);
  const instead = others.length > 0 ? `removed, but there is ${others.join(' and ')}` : 'removed';
  return {
    expected: 'removed',
    observed: existsSync(directory) ? 'still there' : instead,
    command: `ls -d ${directory}; ls ${trial.cgroups.join(' ')}`,
  };
}

function cgroupsBelow(directory: string): string[] {
  const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.map(({ name }) => join(directory, name)).filter((path) => !isLeaf(path));
}
