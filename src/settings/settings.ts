/** What a learner can set for a run. */
import type { Limits } from './limits.ts';

/** One line of uid_map or gid_map: `inside outside count`. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export interface Settings {
  readonly hostname: string;
  readonly limits: Limits;
  /** The directory that is the program's root: an image's, or the host's own. */
  readonly rootfs: string;
  /** Undefined: the default of step 5. */
  readonly uidMap?: readonly IdRange[];
  readonly gidMap?: readonly IdRange[];
  /** Run without root, in a user namespace. */
  readonly rootless: boolean;
}

export const HOST_ROOT = '/';

export const DEFAULTS: Settings = {
  hostname: 'container',
  limits: {},
  rootfs: HOST_ROOT,
  rootless: false,
};
