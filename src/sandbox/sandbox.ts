/**
 * A place for programs that nobody has read.
 *
 * It is a container put together from the kit's own steps. It has every
 * namespace of its own, a small read-only file system, an empty network, and
 * limits that it cannot lift; root inside is nobody outside. When its process 1
 * ends, by itself or because time is up, the kernel ends everything in it.
 */
import type { Child } from '../executor/child.ts';
import { CallFailure } from '../executor/failure.ts';
import type { End } from '../executor/reaper.ts';
import { Run } from '../lab/run.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { DEFAULTS, type Settings } from '../settings/settings.ts';
import { type Checkpoint, release, waitFor } from '../steps/02-ipc.ts';
import { becomeRoot, mapIds } from '../steps/05-user.ts';
import { setUpNetwork } from '../steps/06-net.ts';
import type { Call } from '../syscalls/call.ts';
import { chdir, close, write } from '../syscalls/files.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../syscalls/flags.ts';
import { sethostname, unshare } from '../syscalls/namespaces.ts';
import { execve, limitProcesses, setsid } from '../syscalls/processes.ts';
import { openBinds } from './binds.ts';
import { LIMITS, makeCgroups, type SandboxCgroups } from './cgroups.ts';
import { type Identities, identities } from './identities.ts';
import { enterRoot, type RootContents } from './root.ts';
import { type Output, openPipe, openStreams, type Streams } from './streams.ts';

export interface SandboxOptions extends Pick<RootContents, 'files' | 'hidden'> {
  /** Where each file or directory of the machine appears: path inside, path outside. */
  readonly binds: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly environment?: readonly string[];
  readonly directory: string;
  /** Wall-clock seconds from the start of the program. */
  readonly timeout: number;
  /** Sees the process that will become the program, while it waits: all is made, and nothing of the program has run. */
  readonly prepared?: (pid: number) => Promise<void>;
}

/** How a sandbox ended: by itself, or because it was made to. */
export type Outcome = End | { readonly stopped: 'time' | 'output' };

/** It could not be made here; nothing of the program has run. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
}

export const HOSTNAME = 'sandbox';
const SIGKILL = 9;
const FLAGS = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET;

export class Sandbox {
  /** Process 1 of it, as the host counts. */
  readonly pid: number;
  readonly identities: Identities;
  /** The directories of its own cgroups, which it can divide. */
  readonly cgroups: readonly string[];
  /** What cannot be limited on this machine, a line per reason. */
  readonly unlimited: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  /** Resolves when all of it has ended. */
  readonly ended: Promise<Outcome>;
  /** Whether it ended before the program began, because a call of its own failed. */
  failed = false;
  #outcome: Outcome | undefined;
  readonly #child: Child;
  readonly #streams: Streams;
  #stopped: 'time' | 'output' | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #end: () => Promise<void>;
  #removed: Promise<void> | undefined;

  private constructor(lab: Run, child: Child, streams: Streams, ids: Identities, cgroups: SandboxCgroups) {
    this.pid = child.pid;
    this.identities = ids;
    this.cgroups = cgroups.directories;
    this.unlimited = cgroups.missing;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    this.#streams = streams;
    this.#child = child;
    this.#end = () => lab.end();
    this.ended = lab.wait(child).then(async (end) => {
      await streams.drain();
      this.#outcome = this.#stopped ? { stopped: this.#stopped } : end;
      return this.#outcome;
    });
    this.ended.catch(() => {
      this.failed = true; // those who wait for the end hear why
    });
  }

  /** @throws SandboxUnavailable if this machine or user cannot have one */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const ids = identities();
    const settings: Settings = {
      ...DEFAULTS,
      hostname: HOSTNAME,
      users: { uidMappings: ids.uids, gidMappings: ids.gids },
    };
    const environment = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/tmp', 'LANG=C.UTF-8', 'TERM=dumb'];
    const lab = new Run({
      owner: newOwnerName(),
      settings,
      program: [execve(options.argv[0] ?? '', options.argv, [...environment, ...(options.environment ?? [])])],
    });
    try {
      return await Sandbox.#start(lab, ids, options);
    } catch (error) {
      const cause = await lab.causeOf(error);
      await lab.end();
      if (!isRefusal(cause)) throw cause;
      throw new SandboxUnavailable(`The sandbox cannot be made: ${cause.message}`);
    }
  }

  static async #start(
    lab: Run,
    ids: Identities,
    { binds: paths, files, hidden, directory, timeout, prepared }: SandboxOptions,
  ): Promise<Sandbox> {
    const checkpoint = await openPipe(lab);
    const [made, go] = [await openPipe(lab), await openPipe(lab)];
    const streams = await openStreams(lab);
    lab.onEnd(() => streams.close());
    const binds = await openBinds(lab, paths, ids.hasRange);
    const cgroups = await makeCgroups(lab, ids.root);
    const child = await lab.clone(
      [
        ...waitFor(checkpoint),
        // Or /dev/tty would be the grader's terminal.
        setsid(),
        ...becomeRoot(lab),
        unshare(CLONE_NEWCGROUP),
        sethostname(lab.settings.hostname),
        ...setUpNetwork(undefined),
        ...enterRoot({ binds, files, hidden, cgroups: cgroups.mounts }),
        chdir(directory),
        ...streams.adopt,
        // Where no cgroup can count processes, as for an ordinary user.
        limitProcesses(LIMITS.pids),
        ...say(made),
        ...waitFor(go),
        ...lab.program,
      ],
      FLAGS,
    );
    await streams.handOver();
    await mapIds(lab, child.pid);
    await cgroups.join(child.pid);
    const sandbox = new Sandbox(lab, child, streams, ids, cgroups);
    sandbox.#timer = setTimeout(() => sandbox.#stop('time'), timeout * 1000);
    void streams.flooded.then(() => sandbox.#stop('output'));
    lab.onEnd(() => sandbox.keep());
    await release(lab, checkpoint);
    await lab.perform(waitFor(made));
    await prepared?.(child.pid);
    await release(lab, go);
    return sandbox;
  }

  /** Why it was stopped, as soon as it is. What is seen of it after that has this reason and no other. */
  get stopped(): 'time' | 'output' | undefined {
    return this.#stopped;
  }

  /** How it has ended, if it has. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  write(text: string): void {
    this.#streams.write(text);
  }

  endInput(): void {
    this.#streams.endInput();
  }

  #stop(by: 'time' | 'output'): void {
    this.#stopped ??= by;
    this.#child.signal(SIGKILL);
  }

  /** Lets it run for as long as it likes, or until it is removed. */
  keep(): void {
    clearTimeout(this.#timer);
  }

  /**
   * Ends it, if it has not ended, and removes what it needed outside. A second
   * call waits for the same end.
   * @throws AggregateError with what could not be removed
   */
  remove(): Promise<void> {
    this.#removed ??= this.#end();
    return this.#removed;
  }
}

/** The child's part of a pipe at which the parent waits. */
function say({ readEnd, writeEnd }: Checkpoint): Call[] {
  return [close(readEnd), write(writeEnd, '.'), close(writeEnd)];
}

/** Whether it was the kernel that refused: a call of a list, or one that Node made. */
function isRefusal(cause: unknown): cause is Error {
  return cause instanceof CallFailure || (cause instanceof Error && 'syscall' in cause);
}
