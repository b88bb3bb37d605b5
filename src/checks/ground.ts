/**
 * The sandbox as it was made, before the submission was let go. What the
 * submission has done is measured by this: its own process may have left.
 */
import { closeSync, existsSync, openSync, readlinkSync } from 'node:fs';
import { Child } from '../executor/child.ts';
import { attempt } from '../executor/perform.ts';
import { flagsOf, NAMESPACES, type NamespaceKind } from '../proc/namespaces.ts';
import { entersUserFirst } from '../proc/nsenter.ts';
import { askForChange } from '../syscalls/descriptors.ts';
import { openat } from '../syscalls/files.ts';
import { CLONE_NEWUSER, O_RDONLY } from '../syscalls/flags.ts';
import { setns } from '../syscalls/namespaces.ts';
import { handOver, setDumpable, waitForSignal } from '../syscalls/processes.ts';
import type { Expectation } from './expectation.ts';
import type { History } from './history.ts';
import { Process, ProcessGone, ProcessUnseen } from './process.ts';

/** All kinds that this kernel has. */
const KINDS = NAMESPACES.map(({ kind }) => kind).filter((kind) => existsSync(`/proc/self/ns/${kind}`));
/** What can be looked at through a process that stands there. */
const JOINED: readonly NamespaceKind[] = ['uts', 'ipc', 'net', 'mnt'];
const TRIES = 500;
const PAUSE_MS = 10;

/**
 * A process of ours that stands in the sandbox's namespaces, at its root. It
 * executes nothing, and nothing inside can see it or send it a signal.
 */
export class Ground extends Process {
  /** `DEVICE:INODE` of the sandbox's root, as it was. */
  readonly root: string;
  readonly #child: Child;
  readonly #names: ReadonlyMap<NamespaceKind, string>;
  /** As long as they are open, no new namespace can get the number of one of these. The last is its table of mounts. */
  readonly #held: readonly number[];
  #remounted = false;

  private constructor(root: string, child: Child, names: ReadonlyMap<NamespaceKind, string>, held: readonly number[]) {
    super(child.pid);
    this.root = root;
    this.#child = child;
    this.#names = names;
    this.#held = held;
  }

  /** Joins the namespaces of a process that has been made ready and waits. @throws Error if they cannot be joined */
  static async take(pid: number): Promise<Ground> {
    const made = new Process(pid);
    const root = made.directory('root');
    const names = new Map(KINDS.map((kind) => [kind, readlinkSync(`/proc/${pid}/ns/${kind}`)]));
    const held = openAll([...KINDS.map((kind) => `/proc/${pid}/ns/${kind}`), `/proc/${pid}/mountinfo`]);
    const ground = new Ground(root, join(pid, held), names, held);
    try {
      const here = new Process(ground.pid);
      for (let tries = 0; !stands(here, made); tries++) {
        if (tries === TRIES || !here.lives) throw new Error('The namespaces of the sandbox cannot be joined.');
        await new Promise((resolve) => setTimeout(resolve, tries === 0 ? 0 : PAUSE_MS));
      }
      return ground;
    } catch (error) {
      await ground.end();
      throw error;
    }
  }

  override namespace(kind: NamespaceKind): string {
    return this.#names.get(kind) ?? '';
  }

  /** Whether anything has been mounted or unmounted there since the beginning, even if nothing of it is left. */
  get remounted(): boolean {
    // The kernel tells of a change once.
    this.#remounted ||= attempt(askForChange(this.#held.at(-1) ?? -1)).result > 0;
    return this.#remounted;
  }

  async end(): Promise<void> {
    for (const fd of this.#held) closeSync(fd);
    await this.#child.destroy();
  }
}

/** All of the files, or none. */
function openAll(paths: readonly string[]): number[] {
  const opened: number[] = [];
  try {
    for (const path of paths) opened.push(openSync(path, 'r'));
    return opened;
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

/** Starts the process that stands there; without it what is `held` is let go. */
function join(pid: number, held: readonly number[]): Child {
  const files = JOINED.map((kind) => openat(`/proc/${pid}/ns/${kind}`, O_RDONLY));
  const user = openat(`/proc/${pid}/ns/user`, O_RDONLY);
  const calls = [
    ...files,
    user,
    // In memory of its own: nothing of the grader's is where somebody else has rights.
    handOver(),
    ...(entersUserFirst() ? [setns(user, CLONE_NEWUSER)] : []),
    ...files.map((file, index) => setns(file, flagsOf([JOINED[index] ?? 'uts']))),
    // Its files in /proc stay the grader's.
    setDumpable(true),
    waitForSignal(),
  ];
  try {
    return new Child(calls, 0, {});
  } catch (error) {
    for (const fd of held) closeSync(fd);
    throw error;
  }
}

function stands(here: Process, made: Process): boolean {
  try {
    return JOINED.every((kind) => here.namespace(kind) === made.namespace(kind));
  } catch (error) {
    if (error instanceof ProcessUnseen && made.lives) return false; // Not yet: it is on its way.
    throw error;
  }
}

/** What of a run the measure needs. */
export interface Measured {
  /** The process that runs the submission. */
  readonly parent: Process;
  readonly ground: Ground;
  readonly history?: History | undefined;
}

/** Whether a process has a namespace of a kind that is neither the sandbox's nor the submission's own process's. */
export function ownNamespace(trial: Measured, process: Process, kind: NamespaceKind): Expectation {
  const [expected, own] = ["another one than the sandbox's", process.namespace(kind)];
  const sandboxs = own === trial.ground.namespace(kind);
  const parents = !sandboxs && own === trial.parent.namespace(kind);
  return {
    expected,
    observed: sandboxs ? "the sandbox's" : parents ? "that of the submission's own process, which has moved" : own,
    command: `readlink /proc/${process.pid}/ns/${kind} /proc/${trial.parent.pid}/ns/${kind}`,
    holds: !sandboxs && !parents,
  };
}

/** Whether processes share all namespaces with the sandbox. */
export function sandboxsNamespaces({ ground }: Measured, ...processes: readonly Process[]): Expectation {
  const kinds = KINDS.filter((kind) => processes.some((process) => process.namespace(kind) !== ground.namespace(kind)));
  return {
    expected: "the sandbox's",
    observed: kinds.length > 0 ? `new ones: ${kinds.join(', ')}` : "the sandbox's",
    command: processes.map(({ pid }) => `lsns -p ${pid}`).join('; '),
  };
}

/** Whether the submission's own process is where it was put: "outside nothing changes" is said of that place. */
export function stillThere(trial: Measured): Expectation {
  const expected = "in the sandbox's namespaces, at its root";
  const { pid } = trial.parent;
  return { expected, observed: goneFrom(trial) ?? expected, command: `ls -l /proc/${pid}/ns /proc/${pid}/root` };
}

function goneFrom({ parent, ground }: Measured): string | undefined {
  try {
    const left = KINDS.filter((kind) => parent.namespace(kind) !== ground.namespace(kind));
    if (left.length > 0) return `it has left the namespaces: ${left.join(', ')}`;
    return parent.directory('root') === ground.root ? undefined : 'it has another root directory';
  } catch (error) {
    if (error instanceof ProcessGone) return 'it has ended';
    throw error;
  }
}
