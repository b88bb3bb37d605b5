/**
 * A place for programs that nobody has read.
 *
 * It is a container put together from the kit's own steps. It has every
 * namespace of its own, a small read-only file system, an empty network, and
 * limits that it cannot lift; root inside is nobody outside.
 *
 * Three processes lead to it, each cloned by the one before. The first becomes a
 * user whom nobody else is: the kernel counts what the sandbox uses as that
 * user's, and not as root's. The second, the keeper, is process 1 of a PID
 * namespace, in a user namespace that owns the mounts; it builds the file system
 * and waits. The third is in a user and a PID namespace below that, and becomes
 * the program. It can neither see the keeper nor undo what the keeper has made.
 * When the keeper ends, the kernel ends everything in it; and it ends with the
 * grader, whatever ends that, when the program ends, or when time is up.
 */
import { closeSync } from 'node:fs';
import type { Child } from '../executor/child.ts';
import { CallFailure } from '../executor/failure.ts';
import { attempt } from '../executor/perform.ts';
import type { End } from '../executor/reaper.ts';
import { Run } from '../lab/run.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import type { IdRange } from '../proc/id-maps.ts';
import { DEFAULTS, type Settings } from '../settings/settings.ts';
import { type Checkpoint, release, waitFor } from '../steps/02-ipc.ts';
import { becomeRoot, mapIds, mapText } from '../steps/05-user.ts';
import { setUpNetwork } from '../steps/06-net.ts';
import { atLeast, type Call, type Out, outsOf, tolerating } from '../syscalls/call.ts';
import { chdir, close, passOn, read, write, writeFile } from '../syscalls/files.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_PARENT,
} from '../syscalls/flags.ts';
import { dropGroups, joinNewKeyring, keepCapabilities, setGroup, setUser } from '../syscalls/identity.ts';
import { sethostname, unshare } from '../syscalls/namespaces.ts';
import { cloneCall, execve, exit, handOver, kill, setDumpable, setsid, wait4 } from '../syscalls/processes.ts';
import { openBinds } from './binds.ts';
import { makeCgroups, type SandboxCgroups } from './cgroups.ts';
import { type Identities, takeIdentities } from './identities.ts';
import { limits } from './limits.ts';
import { boundQuotas } from './quotas.ts';
import { buildRoot, finishRoot, OUTER_PROC, type RootContents } from './root.ts';
import { type Output, openPipe, openStreams, ProgramsEnd, type Streams } from './streams.ts';

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
/** How often quotas are lifted again until all has ended. */
const LIFT_MS = 100;
const KEEPERS = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS;
const PROGRAMS = KEEPERS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;
/** The keeper is process 1 of its PID namespace, and makes one other. */
const PROGRAMS_NUMBER = 2;

/** The pipes between grader, keeper and program. */
interface Pipes {
  /** A byte from the first process: the keeper is there; another from the keeper: so is the program's process. */
  readonly ready: Checkpoint;
  /** A byte from the grader: the keeper has its ids. */
  readonly mapped: Checkpoint;
  /** A byte from the grader: the program's process may go on. */
  readonly go: Checkpoint;
  /** A byte from the program's process: all that it needs is made. */
  readonly made: Checkpoint;
  /** A byte from the grader: the program may begin. */
  readonly begin: Checkpoint;
  /** A wait status from the keeper: how the program has ended. */
  readonly status: Checkpoint;
}

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
  readonly #keeper: number;
  readonly #lift: () => void;
  #lifting: NodeJS.Timeout | undefined;
  #over = false;
  readonly #streams: Streams;
  #stopped: 'time' | 'output' | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #end: () => Promise<void>;
  #removed: Promise<void> | undefined;

  private constructor(lab: Run, made: Made, streams: Streams, ids: Identities, cgroups: SandboxCgroups) {
    this.pid = made.program;
    this.#keeper = made.keeper;
    this.identities = ids;
    this.cgroups = cgroups.directories;
    this.unlimited = cgroups.missing;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    this.#streams = streams;
    this.#lift = cgroups.lift;
    this.#end = () => lab.end();
    this.ended = this.#awaitEnd(made);
    this.ended.catch(() => {
      this.failed = true; // those who wait for the end hear why
    });
  }

  /** @throws SandboxUnavailable if this machine or user cannot have one */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const { identities: ids, socket } = takeIdentities();
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
    lab.onEnd(() => closeSync(socket));
    try {
      return await Sandbox.#start(lab, ids, options);
    } catch (error) {
      const cause = await lab.causeOf(error);
      await lab.end();
      if (!isRefusal(cause)) throw cause;
      throw new SandboxUnavailable(`The sandbox cannot be made: ${cause.message}`);
    }
  }

  static async #start(lab: Run, ids: Identities, options: SandboxOptions): Promise<Sandbox> {
    const pipes: Pipes = {
      ready: await openPipe(lab),
      mapped: await openPipe(lab),
      go: await openPipe(lab),
      made: await openPipe(lab),
      begin: await openPipe(lab),
      status: await openPipe(lab),
    };
    const streams = await openStreams(lab);
    lab.onEnd(() => streams.close());
    const status = new ProgramsEnd(pipes.status.readEnd);
    lab.onEnd(() => status.destroy());
    const binds = await openBinds(lab, options.binds, ids.hasRange);
    const cgroups = await makeCgroups(lab, ids.root);
    const contents = { binds, files: options.files, hidden: options.hidden, cgroups: cgroups.mounts };
    const program = cloneCall(PROGRAMS, programsCalls(lab, pipes, streams, options.directory, cgroups));
    const keeper = cloneCall(KEEPERS | CLONE_PARENT, keepersCalls(lab, pipes, contents, program, cgroups));
    const child = await lab.clone(
      [
        handOver(lab.owner),
        ...(ids.hasRange ? becomeNobody(ids) : []),
        // The grader writes the keeper's maps, and the keeper the program's: for that each must own its files in /proc.
        setDumpable(true),
        keeper,
        write(pipes.ready.writeEnd, '.'),
      ],
      0,
    );
    await streams.handOver();
    await lab.perform([close(pipes.ready.writeEnd), close(pipes.status.writeEnd)]);
    const made = { child, keeperCall: keeper, status, keeper: await nextOf(lab, pipes, child, 1) };
    cgroups.joinKeeper(made.keeper);
    await mapIds(lab, made.keeper);
    await release(lab, pipes.mapped);
    const pid = await nextOf(lab, pipes, child, 2);
    cgroups.join(pid);
    const sandbox = new Sandbox(lab, { ...made, program: pid }, streams, ids, cgroups);
    sandbox.allow(options.timeout);
    void streams.flooded.then(() => sandbox.#stop('output'));
    lab.onEnd(() => sandbox.keep());
    await release(lab, pipes.go);
    await lab.perform(waitFor(pipes.made));
    await options.prepared?.(pid);
    await release(lab, pipes.begin);
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
    this.#kill();
  }

  /** Ends all of it. What a quota slows down is let go, as often as it takes. */
  #kill(): void {
    // Once it has ended, its number may be another's.
    if (this.#over || this.#lifting) return;
    attempt(kill(this.#keeper, SIGKILL));
    this.#lift();
    this.#lifting = setInterval(this.#lift, LIFT_MS);
  }

  async #awaitEnd({ child, keeperCall, status }: Made): Promise<Outcome> {
    try {
      const end = await child.waitForSibling(keeperCall);
      this.#over = true;
      await this.#streams.drain();
      this.#outcome = this.#stopped ? { stopped: this.#stopped } : ((await status.end()) ?? end);
      return this.#outcome;
    } finally {
      this.#over = true;
      clearInterval(this.#lifting);
    }
  }

  /** From now on it may run for so many seconds, and is stopped then. */
  allow(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop('time'), seconds * 1000);
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
    this.#kill();
    this.#removed ??= this.#end();
    return this.#removed;
  }
}

interface Made {
  /** The first process. */
  readonly child: Child;
  readonly keeperCall: Call;
  /** Process 1 of the keeper's PID namespace, and of the program's, as the host counts. */
  readonly keeper: number;
  readonly program: number;
  /** Where the program's wait status comes. */
  readonly status: ProgramsEnd;
}

/** What is used by a user of whom nobody else is one runs out for nobody else. */
function becomeNobody({ root }: Identities): Call[] {
  return [tolerating('EPERM', keepCapabilities()), dropGroups(), setGroup(root), setUser(root)];
}

function keepersCalls(
  lab: Run,
  { ready, mapped, go, status }: Pipes,
  contents: RootContents,
  program: Call,
  { directories }: SandboxCgroups,
): Call[] {
  const end = wait4(program, 0);
  const [told] = outsOf(end) as [Out];
  return [
    ...waitFor(mapped),
    // Or /dev/tty would be the grader's terminal.
    setsid(),
    ...becomeRoot(lab),
    ...buildRoot(contents),
    ...boundQuotas(OUTER_PROC),
    ...(directories.length > 0 ? [] : keepCgroups()),
    program,
    ...mapProgramsIds(lab),
    setDumpable(false),
    write(ready.writeEnd, '.'),
    close(go.writeEnd),
    end,
    passOn(status.writeEnd, told),
    exit(0),
  ];
}

/**
 * For a sandbox without cgroups of its own: the top of its cgroup namespace is
 * the grader's cgroup. So the names above cannot be read, and as the namespace
 * belongs to the keeper, the program can mount no cgroups; nor may it make another.
 */
function keepCgroups(): Call[] {
  return [unshare(CLONE_NEWCGROUP), ...writeFile(`${OUTER_PROC}/sys/user/max_cgroup_namespaces`, '0')];
}

function mapProgramsIds({ settings: { users } }: Run): Call[] {
  const same = (ranges: readonly IdRange[] = []) =>
    mapText(ranges.map((range) => ({ ...range, outside: range.inside })));
  const directory = `${OUTER_PROC}/${PROGRAMS_NUMBER}`;
  return [
    ...writeFile(`${directory}/uid_map`, same(users.uidMappings)),
    ...writeFile(`${directory}/gid_map`, same(users.gidMappings)),
  ];
}

function programsCalls(
  lab: Run,
  { go, made, begin }: Pipes,
  { adopt }: Streams,
  directory: string,
  { directories, mounts, missing }: SandboxCgroups,
): Call[] {
  return [
    ...waitFor(go),
    setsid(),
    ...becomeRoot(lab),
    tolerating('ENOSYS', joinNewKeyring()),
    ...(directories.length > 0 ? [unshare(CLONE_NEWCGROUP)] : []),
    sethostname(lab.settings.hostname),
    ...setUpNetwork(undefined),
    ...finishRoot({ cgroups: mounts }),
    chdir(directory),
    ...adopt,
    ...limits(missing),
    write(made.writeEnd, '.'),
    close(made.writeEnd),
    ...waitFor(begin),
    ...lab.program,
  ];
}

/** Waits until the process of a list says that it is there. Returns its number, as the host counts. */
async function nextOf(lab: Run, { ready }: Pipes, child: Child, list: number): Promise<number> {
  await lab.perform([atLeast(1, 'It has ended instead.', read(ready.readEnd, { size: 1, text: () => '.' }))]);
  const pid = child.pidOf(list);
  if (pid === undefined) throw new Error('A process of the sandbox has gone.');
  return pid;
}

/** Whether it was the kernel that refused: a call of a list, or one that Node made. */
function isRefusal(cause: unknown): cause is Error {
  return cause instanceof CallFailure || (cause instanceof Error && 'syscall' in cause);
}
