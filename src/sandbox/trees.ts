/**
 * Files and directories of the machine for a sandbox to bind.
 *
 * The path to one can lead through places that nobody but its owner may enter,
 * such as a home, and root of the sandbox is nobody. So real root picks up each
 * as a mount that hangs nowhere yet, and the child attaches it. An ordinary user
 * cannot do that, and need not: root of their sandbox is themselves outside.
 */
import { lstatSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';
import { close, openat } from '../syscalls/files.ts';
import { O_PATH } from '../syscalls/flags.ts';
import { cloneMount } from '../syscalls/mounts.ts';

export interface Tree {
  readonly path: string;
  readonly isDirectory: boolean;
  /** The mount, picked up. */
  readonly mount?: number;
}

/** Looks at what is to be bound, by its path inside; what is not there is left out. */
export async function openTrees(
  lab: Lab,
  binds: Readonly<Record<string, string>>,
  privileged: boolean,
): Promise<ReadonlyMap<string, Tree>> {
  const trees = new Map<string, Tree>();
  for (const [inside, path] of Object.entries(binds)) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    const tree = { path, isDirectory: stats.isDirectory() };
    trees.set(inside, privileged ? { ...tree, mount: await pickUp(lab, path) } : tree);
  }
  return trees;
}

async function pickUp(lab: Lab, path: string): Promise<number> {
  const file = openat(path, O_PATH);
  const [, mount = -1] = (await lab.perform([file, cloneMount(file), close(file)])).results;
  lab.onEnd(async () => {
    await lab.perform([close(mount)]);
  });
  return mount;
}
