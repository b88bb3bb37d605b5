/** What an exercise is. Each has a folder in `exercises/`, whose `exercise.ts` gives this. */

import type { Process } from '../checks/process.ts';
import type { Kept } from '../checks/timer.ts';
import type { Trial } from '../checks/trial.ts';
import type { Settings } from '../settings/settings.ts';
import type { Script } from '../submission/assignment.ts';

/** What a sandbox must offer, beyond namespaces. */
export type Need =
  /** More user ids than one: real root on the host. */
  | 'ids'
  /** A controller of cgroups that the sandbox may divide. */
  | 'memory'
  | 'cpu'
  | 'pids'
  /** A cgroup of its own that it can let stand still. */
  | 'freezer'
  /** A cgroup of v2 that it may divide. */
  | 'cgroup2'
  /** The image `host`, at `lab.settings.root.path`. */
  | 'image'
  /** File systems in memory that keep attributes of users: Linux 6.6. */
  | 'attributes';

/** What is drawn for one run, and how to judge that run. */
export interface Round {
  readonly settings?: Partial<Settings>;
  /** What the submission gets as its second argument, without the scripts. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** Directories that are there before the submission runs, below /tmp. */
  readonly directories?: readonly string[];
  /** Lets the children of the submission go first, after each of its calls: where something must not be too late. */
  readonly unhurried?: boolean;
  /**
   * Whether each network namespace passes on packets at first. Without it they have what the machine's first one has;
   * so they do where the kernel tells of no calls.
   */
  readonly forwarding?: boolean;
  /** `program` is `lab.program`; each of the others is a list of calls in `given`. */
  readonly scripts: Readonly<Record<string, Script>>;
  /** Looks at the process that is about to become a program, and stands still meanwhile; `name` is the script's. */
  readonly begins?: (process: Process, name: string) => Promise<void>;
  /** @throws CheckFailed at the first expectation that is not met */
  readonly check: (trial: Trial) => Promise<void>;
}

export interface Hint {
  /** The expectation that failed. A hint without it is for all failures, after those that fit. */
  readonly when?: string;
  readonly text: string;
}

export interface Exercise {
  readonly title: string;
  readonly kind: 'write it' | 'find the bug';
  readonly points: number;
  readonly needs?: readonly Need[];
  readonly hints: readonly Hint[];
  /** A part of the message that the starter gets. */
  readonly starterFails: string;
  /** In how many runs a submission is graded, if not in one: each tries another of a few cases. */
  readonly rounds?: number;
  /** Draws the values of a run. `turn` counts the runs of one grading, from 0; `kept` is what these tell one another. */
  readonly round: (turn: number, kept: Kept) => Round;
}
