/**
 * Letting all processes of a cgroup stand still, and go on. Sources:
 * cgroup-v1/freezer-subsystem.rst, cgroup-v2.rst (cgroup.freeze).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSetting } from '../proc/cgroup-files.ts';

/** The file of a cgroup that freezes it, and what is written into it. */
export interface Freezer {
  readonly file: string;
  readonly frozen: string;
  readonly thawed: string;
  /** Whether all processes stand still by now; a moment after the write they do. */
  readonly holds: (directory: string) => boolean;
}

const FREEZERS: readonly Freezer[] = [
  {
    file: 'freezer.state',
    frozen: 'FROZEN',
    thawed: 'THAWED',
    holds: (directory) => readSetting(directory, 'freezer.state') === 'FROZEN',
  },
  {
    file: 'cgroup.freeze',
    frozen: '1',
    thawed: '0',
    holds: (directory) => /^frozen 1$/m.test(readSetting(directory, 'cgroup.events') ?? ''),
  },
];

/** How a cgroup is frozen; undefined where it cannot be: the top of a hierarchy, or a v1 one of other controllers. */
export function freezerOf(directory: string): Freezer | undefined {
  return FREEZERS.find(({ file }) => readSetting(directory, file) !== undefined);
}

/**
 * Whether this cgroup is to stand still, by itself and not because of one above.
 * It can be that some of its processes do not yet.
 */
export function isFrozen(directory: string): boolean {
  const freezer = freezerOf(directory);
  const own = freezer?.file === 'freezer.state' ? 'freezer.self_freezing' : 'cgroup.freeze';
  return freezer !== undefined && readSetting(directory, own) === '1';
}

/** @throws Error from the kernel, if this user may not */
export function freeze(directory: string): void {
  const freezer = freezerOf(directory);
  if (freezer) writeFileSync(join(directory, freezer.file), freezer.frozen);
}

/** @throws Error from the kernel, if this user may not */
export function thaw(directory: string): void {
  const freezer = freezerOf(directory);
  if (freezer) writeFileSync(join(directory, freezer.file), freezer.thawed);
}
