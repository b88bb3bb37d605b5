/** What `--trace` and `--pause` see of a run. */
import type { Side } from '../executor/failure.ts';
import type { Known } from '../executor/text.ts';
import type { Call } from '../syscalls/call.ts';

/** One call at its place in a run. */
export interface Site {
  readonly side: Side;
  /** How many clones within the child's list have led to the process: 0 for the child itself, and for the parent. */
  readonly depth: number;
  /** Who makes the call, as the parent counts; 0 if that is not known. */
  readonly pid: number;
  readonly call: Call;
  readonly known: Known;
}

export interface Observer {
  /** Which calls of the child wait until `before` has come back. */
  gates(call: Call): boolean;
  /** Hears of a call that is about to be made. `at`: CLOCK_MONOTONIC, ns. */
  before(site: Site, at: bigint): void | Promise<void>;
  /** Hears what came of it; undefined if it never came back: the process ended in it. */
  after(site: Site, result: number | undefined, at: bigint): void | Promise<void>;
  /** A line of narration, in its place between the calls. */
  say(line: string): void;
  /** No more calls will come; resolves when all is printed. */
  end(): void | Promise<void>;
}
