/**
 * What the processes of a trial have done, in order, as the kernel tells it before
 * each call: what was put back afterwards, too. And how each program was when it
 * began: who makes a call stands still until it has been looked at.
 */
import { closeSync, existsSync, readSync } from 'node:fs';
import type { HeardCall } from '../executor/listener.ts';
import { attempt } from '../executor/perform.ts';
import { NAMESPACES, type NamespaceKind } from '../proc/namespaces.ts';
import { nameOfCall, type ToldName } from '../sandbox/call-filter.ts';
import type { Script } from '../submission/assignment.ts';
import { askForChange } from '../syscalls/descriptors.ts';
import { CLONE_NEWPID, O_CREAT } from '../syscalls/flags.ts';
import { Process, ProcessUnseen, runsScript } from './process.ts';

/** All kinds that this kernel has. */
const KINDS = NAMESPACES.map(({ kind }) => kind).filter((kind) => existsSync(`/proc/self/ns/${kind}`));
/** What of /proc/PID says how a program began. */
const FILES = ['cgroup', 'uid_map', 'gid_map', 'status'] as const;
/** So many beginnings are looked at in one trial: a look takes time that is not the submission's. */
const MOST_BEGINNINGS = 64;
/** Where a script has its marker among the words of its shell: see `runsScript`. */
const MARKERS_PLACE = 3;
/** Of a marker, or of a path. */
const MOST_TEXT = 32;
/** So many paths are kept. */
const MOST_MADE = 1000;
const POINTER = 8;
/** Which argument of execve(2) and execveat(2) are the words. */
const WORDS: Readonly<Partial<Record<ToldName, number>>> = { execve: 1, execveat: 2 };

/** A program as it was at its execve, which it had not made yet. */
export class Beginning extends Process {
  /** How many calls of any process had been heard of by then. */
  readonly at: number;
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #namespaces: ReadonlyMap<string, string>;
  readonly #directories: Readonly<Record<'root' | 'cwd', string>>;
  readonly #mounts: number;
  #remounted = false;

  /** @throws ProcessUnseen */
  constructor(process: Process, thread: Process, at: number) {
    super(process.pid);
    this.at = at;
    this.#files = new Map(FILES.map((file) => [file, Buffer.from(thread.read(file))]));
    this.#namespaces = new Map(KINDS.map((kind) => [kind, thread.namespace(kind)]));
    this.#directories = { root: thread.directory('root'), cwd: thread.directory('cwd') };
    this.#mounts = thread.open('mountinfo');
  }

  override read(file: string): string {
    return this.#files.get(file)?.toString('utf8') ?? super.read(file);
  }

  override beginning(file: string, most: number): Buffer {
    return this.#files.get(file)?.subarray(0, most) ?? super.beginning(file, most);
  }

  override namespace(kind: NamespaceKind | 'pid_for_children'): string {
    return this.#namespaces.get(kind) ?? super.namespace(kind);
  }

  override directory(which: 'root' | 'cwd'): string {
    return this.#directories[which];
  }

  /** Whether anything has been mounted or unmounted in its mount namespace since then, even if nothing of it is left. */
  get remounted(): boolean {
    // The kernel tells of a change once.
    this.#remounted ||= attempt(askForChange(this.#mounts)).result > 0;
    return this.#remounted;
  }

  close(): void {
    closeSync(this.#mounts);
  }
}

/** Calls that change something for whoever is in the caller's namespace of that kind. */
const CHANGES = { sethostname: 'uts', setdomainname: 'uts', mount: 'mnt' } as const;

type Change = keyof typeof CHANGES;

/** Calls that give the caller a descriptor of another process, or can: with a message may come one. */
const TAKES: readonly (ToldName | undefined)[] = ['pidfd_getfd', 'recvmsg', 'recvmmsg'];
const OPEN_PROCESS = 'anon_inode:[pidfd]';

export class History {
  readonly #scripts: Readonly<Record<string, Script>>;
  readonly #look: (program: Process, name: string) => Promise<void>;
  readonly #enter: ((thread: Process) => Promise<void>) | undefined;
  /** The network namespaces from which a call has come. */
  readonly #networks = new Set<string>();
  readonly #beginnings = new Map<number, Beginning>();
  /** By the call and the namespace: when it was made last. */
  readonly #changes = new Map<string, number>();
  /** The processes that have chosen another PID namespace for their children. */
  readonly #movers = new Set<number>();
  /** The processes that may have got a descriptor or a namespace from another. */
  readonly #takers = new Set<number>();
  /** The paths of files that were to be made, as they were named. */
  readonly #made = new Set<string>();
  #calls = 0;
  #begun = 0;
  #problem: unknown;

  /**
   * `look` sees each program of `scripts` when it is about to begin; `enter` sees
   * whoever is the first in a network namespace to make a call, before that call.
   */
  constructor(
    scripts: Readonly<Record<string, Script>>,
    look = async (_program: Process, _name: string) => {},
    enter?: (thread: Process) => Promise<void>,
  ) {
    this.#scripts = scripts;
    this.#look = look;
    this.#enter = enter;
  }

  /** Takes note of a call that is about to be made. It never throws: the call is to go on. */
  async hear(call: HeardCall): Promise<void> {
    this.#calls += 1;
    try {
      await this.#note(call);
    } catch (error) {
      // Who makes it may have been killed meanwhile, or hides: then nothing has been seen of it.
      if (!(error instanceof ProcessUnseen)) this.#problem ??= error;
    }
  }

  /** How the program of a process began; undefined if nobody has seen it. */
  beginningOf({ pid }: Process): Beginning | undefined {
    this.#throwProblem();
    return this.#beginnings.get(pid);
  }

  /** Whether a call has changed something for those in a namespace, since the beginning of a program or of all. */
  changed(call: Change, namespace: string, since?: Beginning): boolean {
    this.#throwProblem();
    return (this.#changes.get(`${call} ${namespace}`) ?? 0) > (since?.at ?? 0);
  }

  /** Whether a process has ever chosen another PID namespace for its children. */
  movedChildren({ pid }: Process): boolean {
    this.#throwProblem();
    return this.#movers.has(pid);
  }

  /** Whether a process may ever have got a descriptor from another one, but as its child, or joined its namespaces. */
  hasTaken({ pid }: Process): boolean {
    this.#throwProblem();
    return this.#takers.has(pid);
  }

  /** Whether a file was to be made by that path, from wherever. */
  hasMade(path: string): boolean {
    this.#throwProblem();
    return this.#made.has(path);
  }

  end(): void {
    for (const beginning of this.#beginnings.values()) beginning.close();
    this.#beginnings.clear();
  }

  #throwProblem(): void {
    if (this.#problem !== undefined) throw this.#problem;
  }

  async #note(call: HeardCall): Promise<void> {
    const name = nameOfCall(call);
    const thread = new Process(call.thread);
    await this.#noteNetwork(thread);
    if (name === 'execve' || name === 'execveat') return this.#noteProgram(thread, call.args[WORDS[name] ?? 0] ?? 0n);
    if (name === 'unshare' || (name === 'setns' && isForChildren(call))) this.#movers.add(processOf(thread).pid);
    if (name === 'openat') this.#noteMade(thread, call);
    const joins = name === 'setns' && thread.opened(call.args[0] ?? 0n) === OPEN_PROCESS;
    if (joins || TAKES.includes(name)) this.#takers.add(processOf(thread).pid);
    const kind = CHANGES[name as Change];
    if (kind) this.#changes.set(`${name} ${thread.namespace(kind)}`, this.#calls);
  }

  async #noteNetwork(thread: Process): Promise<void> {
    if (!this.#enter) return;
    const network = thread.namespace('net');
    if (this.#networks.has(network)) return;
    this.#networks.add(network);
    await this.#enter(thread);
  }

  async #noteProgram(thread: Process, words: bigint): Promise<void> {
    const marker = markerAt(thread, words);
    const [name, script] = Object.entries(this.#scripts).find(([, known]) => known.marker === marker) ?? [];
    const process = processOf(thread);
    // A call that fails is no other beginning.
    if (script && runsScript(process, script)) return;
    this.#forget(process.pid);
    if (!name) return;
    this.#begun += 1;
    if (this.#begun > MOST_BEGINNINGS) return;
    const beginning = new Beginning(process, thread, this.#calls);
    this.#beginnings.set(process.pid, beginning);
    await this.#look(thread, name);
  }

  #noteMade(thread: Process, { args: [, path = 0n, flags = 0n] }: HeardCall): void {
    if ((flags & BigInt(O_CREAT)) !== 0n && this.#made.size < MOST_MADE) this.#made.add(textAt(thread, () => path));
  }

  #forget(pid: number): void {
    this.#beginnings.get(pid)?.close();
    this.#beginnings.delete(pid);
  }
}

function isForChildren({ args: [, type = 0n] }: HeardCall): boolean {
  return type === 0n || (type & BigInt(CLONE_NEWPID)) !== 0n;
}

/** The process of a thread. */
function processOf(thread: Process): Process {
  return new Process(Number(thread.status('Tgid')));
}

/**
 * What stands in the place of a script's marker, among the words that a call
 * points at. Others can change it before the kernel reads it: then a program
 * begins that nobody has seen.
 */
function markerAt(thread: Process, words: bigint): string {
  return textAt(thread, (memory) => {
    const pointer = Buffer.alloc(POINTER);
    readSync(memory, pointer, 0, POINTER, words + BigInt(MARKERS_PLACE * POINTER));
    return pointer.readBigUInt64LE();
  });
}

/** The beginning of a text in a thread's memory; `find` says where it is. */
function textAt(thread: Process, find: (memory: number) => bigint): string {
  try {
    const memory = thread.open('mem');
    try {
      const text = Buffer.alloc(MOST_TEXT);
      readSync(memory, text, 0, text.length, find(memory));
      return text.toString('latin1').split('\0')[0] ?? '';
    } finally {
      closeSync(memory);
    }
  } catch {
    return ''; // It is not there, or nobody is any more.
  }
}
