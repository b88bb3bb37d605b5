import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import { CLONE_NEWNS } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';

interface Given {
  /** Where the tmpfs goes. */
  readonly scratch: string;
  /** How large it may become, in bytes. */
  readonly size: number;
  /** The directory to show. */
  readonly source: string;
  /** Where to show it, read-only. */
  readonly shelf: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: a tmpfs at given.scratch, and given.source at given.shelf.
  const container = await lab.clone([...makePrivate(), ...lab.program], CLONE_NEWNS);
  return lab.wait(container);
}
