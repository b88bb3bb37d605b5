/** What a learner can set for a run. */
import type { Limits } from '../cgroups/limits.ts';

/** One line of uid_map or gid_map: `inside outside count`. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export interface Settings {
  readonly hostname: string;
  readonly limits: Limits;
  /** The name of an image, or a directory. */
  readonly rootfs: string;
  /** Undefined: the default of step 5. */
  readonly uidMap?: readonly IdRange[];
  readonly gidMap?: readonly IdRange[];
  /** Run without root, in a user namespace. */
  readonly rootless: boolean;
}

export const DEFAULTS: Settings = {
  hostname: 'container',
  limits: {},
  rootfs: 'host',
  rootless: false,
};
