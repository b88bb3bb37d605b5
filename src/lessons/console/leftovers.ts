/** What a console block has left on the machine. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOver } from '../../leftovers/owner.ts';
import { cgroupMountPoints } from '../../proc/memberships.ts';
import { parseMountinfo } from '../../proc/mountinfo.ts';

const LINKS = '/sys/class/net';
const PATIENCE_MS = 3_000;
const POLL_MS = 50;
const DEPTH = 16;

/** What a block may leave files in, and the words of its commands: a file that they do not name is not theirs. */
export interface Traces {
  readonly directories: readonly string[];
  readonly words: string;
}

/** Mounts, files, and the kit's cgroups and links whose run is over: those of runs that go on are not ours. */
export function lasting({ directories, words }: Traces): string[] {
  return [
    ...mountPoints().map((path) => `mount ${path}`),
    ...cgroupMountPoints(text('/proc/self/mountinfo')).flatMap((path) => abandonedGroups(path, DEPTH)),
    ...names(LINKS)
      .filter((name) => isOver(text(join(LINKS, name, 'ifalias')).trim()))
      .map((name) => `link ${name}`),
    ...directories.flatMap((directory) =>
      names(directory)
        .filter((name) => words.includes(name))
        .map((name) => `file ${join(directory, name)}`),
    ),
  ];
}

/**
 * Returns what was not there before, and processes that carry the mark, once they
 * have had a moment to end. Such processes are ended.
 */
export async function leftBehind(before: readonly string[], mark: string, traces: Traces): Promise<string[]> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const processes = marked(mark);
    const left = lasting(traces).filter((thing) => !before.includes(thing));
    if ((processes.length === 0 && left.length === 0) || Date.now() > end) {
      const named = processes.map((pid) => `process ${pid} ${text(`/proc/${pid}/comm`).trim()}`);
      for (const pid of processes) kill(pid);
      return [...named, ...left];
    }
    await sleep(POLL_MS);
  }
}

/** Takes away what is mounted below a directory, so that removing the directory removes nothing else. */
export function unmountBelow(directory: string): void {
  const mounted = () => mountPoints().filter((path) => path.startsWith(`${directory}/`));
  for (const path of mounted().reverse()) spawnSync('umount', ['--lazy', path], { stdio: 'ignore' });
  if (mounted().length > 0) throw new Error(`${directory} stays: something is mounted in it.`);
}

function mountPoints(): string[] {
  return parseMountinfo(text('/proc/self/mountinfo')).map(({ mountPoint }) => mountPoint);
}

/** Processes that have `NAME=value` in their environment. */
function marked(mark: string): number[] {
  return names('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && text(`/proc/${pid}/environ`).split('\0').includes(mark));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function abandonedGroups(directory: string, depth: number): string[] {
  if (isOver(basename(directory))) return [`cgroup ${directory}`];
  if (depth === 0) return [];
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => abandonedGroups(join(directory, name), depth - 1));
  } catch {
    return [];
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
