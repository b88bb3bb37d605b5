/** Containers that run and could stand still, and how to bring them to it, from another process. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../command-line/usage-error.ts';
import { eachBelow, find, isLeaf, markOf } from '../leftovers/cgroups.ts';
import { freeze, freezerOf, isFrozen, thaw } from '../leftovers/freezer.ts';
import { isOwnerName, ownerState } from '../leftovers/owner.ts';
import { processesIn } from '../proc/cgroup-files.ts';

export interface Running {
  /** The cgroup that stands still as a whole. */
  readonly directory: string;
  /** Its processes, as this process counts. */
  readonly pids: readonly number[];
  readonly frozen: boolean;
}

/** The containers of living runs that have a cgroup, one entry for each. */
export function running(): Running[] {
  const found = new Map<string, string>();
  for (const { directory } of find((mark) => isOwnerName(mark) && ownerState(mark) === 'lives')) {
    const file = isLeaf(directory) ? undefined : freezerOf(directory)?.file;
    const mark = markOf(directory);
    // Where a container has both, its step takes the one of cgroup v1.
    if (file === 'freezer.state' || (file && !found.has(mark))) found.set(mark, directory);
  }
  return [...found.values()].map(look).filter(({ pids }) => pids.length > 0);
}

function look(directory: string): Running {
  const pids: number[] = [];
  eachBelow(directory, (path) => pids.push(...processesIn(path)));
  return { directory, pids: pids.sort((a, b) => a - b), frozen: isFrozen(directory) };
}

const PATIENCE_MS = 5000;
const PAUSE_MS = 5;

/**
 * Lets all processes of a container stand still. Returns whether they do: one
 * that waits in the kernel can keep the others from it, and then all go on again.
 * @throws UsageError if this user may not
 */
export async function pause(container: Running): Promise<boolean> {
  const { directory } = container;
  const deadline = Date.now() + PATIENCE_MS;
  do {
    // In v1 it can be that a process was missed, and all wait for it until this is written again.
    asFarAsAllowed('pause', container, freeze);
    if (freezerOf(directory)?.holds(directory)) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  } while (Date.now() < deadline);
  thaw(directory);
  return false;
}

/** Lets them go on. @throws UsageError if this user may not */
export function unpause(container: Running): void {
  asFarAsAllowed('unpause', container, thaw);
}

function asFarAsAllowed(verb: string, container: Running, act: (directory: string) => void): void {
  try {
    act(container.directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new UsageError(`${named(container)} is not this user's to ${verb}: run with sudo.`);
  }
}

/** The first of its processes, with the name of its program. */
export function named({ pids: [pid = 0] }: Running): string {
  return `Process ${pid} (${programName(pid)})`;
}

function programName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

const NONE =
  'No container runs here that could stand still: it takes a cgroup, and a user without one needs sudo. In another terminal: npm run step 13';

/**
 * The container that is meant by what was typed after a verb: that of a process,
 * or else the only one that runs.
 * @throws UsageError that says what to type, if that is not clear
 */
export function chosenContainer(verb: string, [word, ...more]: readonly string[]): Running {
  if (more.length > 0 || !/^\d*$/.test(word ?? ''))
    throw new UsageError(`${verb} takes the number of one process in the container, such as: npm run ${verb} -- 4242`);
  const all = running();
  const fitting = word === undefined ? all : all.filter(({ pids }) => pids.includes(Number(word)));
  const [container, second] = fitting;
  if (container && !second) return container;
  if (all.length === 0) throw new UsageError(NONE);
  const why = second ? 'Several containers run.' : `Process ${word} is in none of the containers that run here.`;
  const ways = all.map((one) => `npm run ${verb} -- ${one.pids[0]} (${programName(one.pids[0] ?? 0)})`);
  throw new UsageError(`${why} Say which: ${ways.join(', ')}`);
}
