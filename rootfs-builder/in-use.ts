/** Whether somebody is in an image: it is not pulled from under their feet then. */
import { closeSync, lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { attempt } from '../src/executor/perform.ts';
import { parseMountinfo, pathBelow } from '../src/proc/mountinfo.ts';
import { errnoNumber } from '../src/syscalls/errno.ts';
import { lock, openat } from '../src/syscalls/files.ts';
import { O_DIRECTORY, O_RDONLY } from '../src/syscalls/flags.ts';

/** Throws, naming the process or the mount, if the image at `directory` is in use. */
export function assertIdle(directory: string): void {
  const image = lstatSync(directory, { throwIfNoEntry: false });
  if (!image?.isDirectory()) return;
  const pid = inhabitant(image);
  if (pid !== undefined) {
    throw new Error(`${directory} is in use: process ${pid} (${commandOf(pid)}) has it as its root. End it first.`);
  }
  if (isUnderLayers(directory)) throw new Error(`${directory} is in use: a run has layers over it. End it first.`);
  const path = realpathSync(directory);
  const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const mount = mounts.find(({ mountPoint }) => pathBelow(path, mountPoint) !== undefined);
  if (mount) throw new Error(`${directory} is in use: something is mounted on ${mount.mountPoint}. Unmount it first.`);
}

// /proc/PID/root leads to the root as that process sees it; we see it if we may trace the process.
function inhabitant(image: Stats): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const root = statSync(`/proc/${pid}/root`);
      return root.dev === image.dev && root.ino === image.ino;
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'ended by now';
  }
}

/** Step 10 locks its image, whose root is then another: flock(2). What cannot be opened is told by what comes next. */
function isUnderLayers(directory: string): boolean {
  const { result: fd } = attempt(openat(directory, O_RDONLY | O_DIRECTORY));
  if (fd < 0) return false;
  try {
    return attempt(lock(fd)).result === -errnoNumber('EAGAIN');
  } finally {
    closeSync(fd);
  }
}
