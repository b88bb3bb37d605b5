/**
 * Files and directories of the machine for a sandbox to bind.
 *
 * The path to one can lead through places that only their owner may enter, such
 * as a home, and root of the sandbox is nobody. So real root picks up each as a
 * mount that is attached nowhere yet, and the child attaches it. An ordinary
 * user cannot do that and need not: outside, root of their sandbox is that user.
 */
import { lstatSync } from 'node:fs';
import { closeAtEnd } from '../lab/close-at-end.ts';
import type { Lab } from '../lab/lab.ts';
import { close, openat } from '../syscalls/files.ts';
import { O_PATH } from '../syscalls/flags.ts';
import { cloneMount } from '../syscalls/mounts.ts';

export interface Bind {
  readonly path: string;
  readonly isDirectory: boolean;
  /** The mount, picked up. */
  readonly mount?: number;
}

/** Looks at what is to be bound. Returns it by its path inside, without what is not there. */
export async function openBinds(
  lab: Lab,
  paths: Readonly<Record<string, string>>,
  privileged: boolean,
): Promise<ReadonlyMap<string, Bind>> {
  const binds = new Map<string, Bind>();
  for (const [inside, path] of Object.entries(paths)) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    const bind = { path, isDirectory: stats.isDirectory() };
    binds.set(inside, privileged ? { ...bind, mount: await pickUp(lab, path) } : bind);
  }
  return binds;
}

async function pickUp(lab: Lab, path: string): Promise<number> {
  const file = openat(path, O_PATH);
  const [, mount = -1] = (await lab.perform([file, cloneMount(file), close(file)])).results;
  closeAtEnd(lab, mount);
  return mount;
}
