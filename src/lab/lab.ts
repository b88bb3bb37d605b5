/** What a step may use of the run that it is in. Exercises get the same. */
import type { Performed } from '../executor/perform.ts';
import type { End } from '../executor/reaper.ts';
import type { Leftover } from '../leftovers/leftover.ts';
import type { Settings } from '../settings/settings.ts';
import type { Call } from '../syscalls/call.ts';

/** A child that was cloned. */
export interface Cloned {
  /** Its number as this process sees it. */
  readonly pid: number;
  /** Kills it, and with it its PID namespace, if it has not ended; then forgets it. */
  destroy(): Promise<void>;
}

export interface CloneOptions {
  /** An open directory for the child to begin in, on its side of a new mount namespace. */
  readonly directory?: number;
  /** It has a copy of this process's memory, as fork(2) gives one, and shares none. */
  readonly copy?: boolean;
  /** It only helps with the preparations: it gets no terminal and no signals. */
  readonly helper?: boolean;
  /**
   * Whether the child dies with this process, and is ended with the run, as it is
   * if nothing is said. With a life of its own it hands over to the walker, at a
   * `handOver()` in its list or else at once.
   */
  readonly lifetime?: 'parent' | 'own';
}

export interface Lab {
  /** A name that is this run's alone: it marks whatever could outlive it. */
  readonly owner: string;
  /** What was set for the container, such as `settings.hostname` and `settings.root.path`. */
  readonly settings: Settings;
  /** An ordinary user's run: nothing outside can be changed that takes real root. */
  readonly rootless: boolean;
  /** What the container becomes: the last calls of the child's list. */
  readonly program: readonly Call[];
  /**
   * Makes the calls of a list in this process, the parent. While one of them
   * waits for something to read, the rest of this process goes on.
   * @throws CallFailure at the first call that fails, WaitCancelled if the run
   * ends meanwhile.
   */
  perform(list: readonly Call[]): Promise<Performed>;
  /**
   * Clones a child that walks `list`, in new namespaces as `flags` say, at the
   * terminal if there is one.
   * @throws CallFailure when the kernel refuses the clone. Source: clone(2).
   */
  clone(list: readonly Call[], flags: number, options?: CloneOptions): Promise<Cloned>;
  /** Waits for a child's end, and gives it. @throws CallFailure if a call of its list failed. Source: wait(2). */
  wait(child: Cloned): Promise<End>;
  /** Tells the learner something; costs nothing when nobody listens. */
  tell(line: () => string | Promise<string>): Promise<void>;
  /** Notes something that would outlive the run: it is removed at the end. Say it before you make it. */
  leaves(leftover: Leftover): void;
  /** Notes what else to do at the end, such as closing a descriptor. Last in, first out. */
  onEnd(undo: () => void | Promise<void>): void;
}
