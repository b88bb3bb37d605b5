/** What a submission is run with: drawn anew for every run, and known to grader and submission. */
import type { Settings } from '../settings/settings.ts';

/** A shell script for a container to become, and a word by which its process is known. */
export interface Script {
  readonly text: string;
  readonly marker: string;
}

export interface Assignment {
  /** The submission's file. */
  readonly file: string;
  /** A word for a line of the standard error that says: from here on, what goes wrong is the submission's. */
  readonly begun: string;
  readonly settings: Partial<Settings>;
  /** What `run` gets as its second argument, without the scripts. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Directories to make for it before it is loaded. */
  readonly directories: readonly string[];
  /** Whether its children go first, after each call of its own process: see unhurried.ts. */
  readonly unhurried: boolean;
  /** `program` is `lab.program`; each of the others is a list of calls in `given`, with its name. */
  readonly scripts: Readonly<Record<string, Script>>;
}

/** Where a sandbox has it. */
export const ASSIGNMENT_FILE = '/run/assignment.json';

/** Begins a line of the trace, so that it can be told from what the submission says itself. */
export const TRACE = '│ ';

/** Begins the line with `begun`. */
export const BEGUN = '╷ ';
