/** A folder for a run of tests that takes minutes, and may be ended in the middle. */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newOwnerName } from '../src/leftovers/owner.ts';
import { sweep } from '../src/vm/cache.ts';

/** It goes away at the exit of this process. Those of processes that SIGKILL has ended go now. */
export function scratchFolder(parent = tmpdir()): string {
  sweep(parent);
  const folder = join(parent, newOwnerName());
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder);
  return folder;
}
