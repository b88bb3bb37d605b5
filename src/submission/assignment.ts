/** What a submission is run with: drawn anew for every run, and the same for grader and submission. */
import type { Settings } from '../settings/settings.ts';

/** A program for a container to become: a shell script, and a word by which its process is known. */
export interface Program {
  readonly script: string;
  readonly marker: string;
}

export interface Assignment {
  /** The submission's file. */
  readonly file: string;
  readonly settings: Partial<Settings>;
  /** What `run` gets as its second argument, apart from the programs. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Directories to make for it before it is loaded. */
  readonly directories: readonly string[];
  /** `program` is `lab.program`; each other is a list of calls in `given`, by its name. */
  readonly programs: Readonly<Record<string, Program>>;
}

/** Where a sandbox has it. */
export const ASSIGNMENT_FILE = '/run/assignment.json';

/** Begins a line of the trace, so that it can be told from what the submission says itself. */
export const TRACE = '│ ';
