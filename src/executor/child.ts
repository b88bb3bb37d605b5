/** A cloned child that walks a list of calls, seen from its parent. */
import { Socket } from 'node:net';
import { type Argument, type Call, outsOf } from '../syscalls/call.ts';
import { W } from '../syscalls/flags.ts';
import { cloneCall, handOver, kill, wait4 } from '../syscalls/processes.ts';
import type { PackedList, Row } from './arrange.ts';
import { encode, type Program } from './encode.ts';
import { type ChildEvent, EventDecoder } from './events.ts';
import { CallFailure, failureIn } from './failure.ts';
import {
  failureOf,
  type NativeFailure,
  openWalker,
  releaseChild,
  resultOf,
  type Spawned,
  spawnProgram,
} from './native.ts';
import { attempt } from './perform.ts';
import { Processes } from './processes.ts';
import { type End, waitBriefly, watchChild } from './reaper.ts';

export interface CloneOptions {
  /** A terminal whose foreground the child becomes. */
  readonly terminal?: number;
  /** Hears of every call as it happens, and decides when gated calls go on. */
  readonly watcher?: ChildWatcher;
  /** Give the child a copy of the memory, as fork(2) does, instead of sharing it. */
  readonly copy?: boolean;
  /** An open directory for the child to begin in, on its side of a new mount namespace. */
  readonly directory?: number;
  /** Called when the child has been stopped, as by Ctrl-Z. */
  readonly onStop?: () => void;
  /**
   * Whether the child dies with this process, as it does if nothing is said. With
   * a life of its own it hands over to the walker, at a `handOver()` in its list
   * or else at once. Until then it needs this process: see `handedOver`.
   */
  readonly lifetime?: 'parent' | 'own';
}

export interface ChildWatcher {
  /** Which calls wait until `release` is called. */
  isGated(call: Call): boolean;
  /** Hears of the calls of all lists; `child.rows` says whose an event is. */
  onEvent(child: Child, event: ChildEvent, release: () => void): void;
  /**
   * A process has come to the end of its list, has become a program, or has died.
   * `failed` is the first failure of any list, which is known also where a
   * process could not tell of it.
   */
  onListEnd(child: Child, list: number, failed: NativeFailure | undefined): Promise<void>;
}

const SIGKILL = 9;

/** How many children have been made and have not ended yet, as far as this process knows. */
let living = 0;

export class Child {
  /** The child's number as this process sees it. */
  readonly pid: number;
  readonly lifetime: 'parent' | 'own';
  readonly list: readonly Call[];
  /** The child's list, and those of the processes that it clones. */
  readonly lists: readonly PackedList[];
  /** The calls of all lists, by the index that events have. */
  readonly rows: readonly Row[];
  /**
   * CLOCK_MONOTONIC, in nanoseconds, as the clone was made: by the time that
   * this process learns of its child, the child may have made calls of its own.
   */
  readonly clonedAt: bigint;
  /**
   * Comes when the walker has taken over, or the child has ended before. It keeps
   * Node alive: a child that has not handed over yet uses Node's memory.
   */
  readonly handedOver: Promise<void>;
  readonly #spawned: Spawned;
  readonly #program: Program;
  readonly #processes: Processes;
  readonly #onStop: () => void;
  readonly #channels: readonly Socket[];
  readonly #listsEnded: readonly Promise<void>[];
  readonly #ends = new Map<number, Promise<End>>();
  /** Those of them that have come. */
  readonly #over = new Set<number>();
  /** From then on the number may be another process's. */
  #end: End | 'lost' | undefined;
  #released = false;
  #failure: CallFailure | undefined;

  constructor(list: readonly Call[], flags: number, options: CloneOptions) {
    const { watcher, terminal, onStop = () => {}, lifetime = 'parent' } = options;
    const own = lifetime === 'own';
    const hands = list.some(handsOver);
    this.list = own && !hands ? [handOver(), ...list] : list;
    this.#program = encode(this.list, { isGated: watcher && ((call) => watcher.isGated(call)) });
    this.lists = this.#program.lists;
    this.rows = this.#program.rows;
    this.clonedAt = process.hrtime.bigint();
    this.#spawned = spawnProgram(this.#program.block, {
      flags,
      terminal: terminal ?? -1,
      watch: watcher !== undefined,
      copy: options.copy ?? false,
      mortal: !own,
      directory: options.directory ?? -1,
      walker: own || hands ? openWalker() : -1,
      lists: this.lists.length,
    });
    this.pid = this.#spawned.pid;
    if (this.pid < 0) {
      throw new CallFailure({ side: 'parent', call: cloneCall(flags), index: 0, total: 1, result: this.pid });
    }
    living += 1;
    this.lifetime = lifetime;
    this.#processes = new Processes(this.#program, this.pid, flags, (row) =>
      this.#released ? undefined : resultOf(this.#spawned.handle, row),
    );
    this.#onStop = onStop;
    this.#channels = this.#spawned.channels.map((fd) => new Socket({ fd, readable: true, writable: true }));
    this.#listsEnded = watcher ? this.#channels.map((channel, number) => this.#listen(channel, number, watcher)) : [];
    this.handedOver = this.#watchHandover();
    if (own) {
      void this.handedOver.then(() => {
        for (const channel of this.#channels) channel.unref();
      });
    }
    if (terminal !== undefined) this.#watchEnd().catch(() => {});
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Waits until the child has ended, whether in its list or as the program
   * that it became.
   * @throws CallFailure if a call of its list failed, or its end was lost.
   */
  async wait(): Promise<End> {
    for (const channel of this.#channels) channel.ref();
    const end = await this.#waitForEnd(living === 1 && this.#channels.length === 0);
    await this.#listsEnded[0];
    if (this.lists.length === 1) this.#release();
    if (this.failure) throw this.failure;
    return end;
  }

  /**
   * Waits for the process that a clone in the list has made as a child of this
   * process, by CLONE_PARENT; first for the child itself.
   * @throws CallFailure if a call of either list failed.
   */
  async waitForSibling(clone: Call): Promise<End> {
    await this.wait();
    const pid = this.pidOf(
      this.lists.findIndex(({ clonedBy }) => clonedBy !== undefined && this.rows[clonedBy]?.call === clone),
    );
    if (pid === undefined) throw new Error('The clone has not been made.');
    const end = await this.#endOf(pid);
    if (this.failure) throw this.failure;
    return end;
  }

  /** The call of its lists that failed first, if one did until now. */
  get failure(): CallFailure | undefined {
    this.#failure ??= this.#readFailure();
    return this.#failure;
  }

  /** The process that makes the calls of a list, as this process counts; undefined if it is not to be found. */
  pidOf(list: number): number | undefined {
    return this.#processes.pidOf(list);
  }

  /** What the kernel has written into the out-arguments of a call that has finished. */
  outsOf({ index, answer, result }: ChildEvent): Map<Argument, Buffer> {
    const found = new Map<Argument, Buffer>();
    const call = this.rows[index]?.call ?? cloneCall(0);
    const outs = outsOf(call);
    const offsets = outs.map((out) => this.#program.outs.get(out) ?? 0);
    const start = Math.min(...offsets);
    outs.forEach((out, position) => {
      const at = (offsets[position] ?? 0) - start;
      const size = call.info.returnsSize ? Math.max(0, result) : out.size;
      if (at + out.size <= answer.length) found.set(out, answer.subarray(at, at + size));
    });
    return found;
  }

  /**
   * Ends the child, and with it its PID namespace, if it has not ended, and the
   * siblings that it made for this process.
   */
  async destroy(): Promise<void> {
    if (!this.#end) {
      this.signal(SIGKILL);
      // Nobody asks how it ended: that its end was lost is no trouble.
      await this.#waitForEnd(true).catch(() => {});
    }
    await Promise.all(this.#processes.siblings().map((pid) => this.#destroySibling(pid)));
    await Promise.all(this.#listsEnded);
    this.#release();
  }

  signal(number: number): void {
    if (!this.#end) attempt(kill(this.pid, number));
  }

  async #waitForEnd(briefly: boolean): Promise<End> {
    if (!this.#end && briefly && !this.#ends.has(this.pid)) {
      const end = waitBriefly(this.pid);
      if (end) this.#setEnd(end);
    }
    return this.#end === undefined || this.#end === 'lost' ? this.#watchEnd() : this.#end;
  }

  /** The end as SIGCHLD tells of it. */
  async #watchEnd(): Promise<End> {
    try {
      const end = await this.#endOf(this.pid);
      this.#setEnd(end);
      return end;
    } catch (error) {
      this.#setEnd('lost');
      throw error;
    }
  }

  #setEnd(end: End | 'lost'): void {
    if (this.#end === undefined) living -= 1;
    this.#end ??= end;
  }

  #endOf(pid: number): Promise<End> {
    const known = this.#ends.get(pid);
    if (known) return known;
    const end = new Promise<End>((resolve, reject) => {
      watchChild(pid, { ended: resolve, lost: reject, stopped: this.#onStop });
    }).finally(() => this.#over.add(pid));
    this.#ends.set(pid, end);
    return end;
  }

  async #destroySibling(pid: number): Promise<void> {
    if (this.#over.has(pid)) return;
    // Only a child that has not been waited for keeps its number.
    if (!this.#ends.has(pid) && attempt(wait4(pid, W.WNOHANG)).result !== 0) return;
    attempt(kill(pid, SIGKILL));
    await this.#endOf(pid).catch(() => {});
  }

  #listen(channel: Socket, list: number, watcher: ChildWatcher): Promise<void> {
    const decoder = new EventDecoder();
    const release = () => channel.write('x');
    return new Promise((resolve) => {
      channel.on('data', (bytes) => {
        for (const event of decoder.decode(bytes)) watcher.onEvent(this, event, release);
      });
      // The child was killed while it waited at the gate.
      channel.on('error', () => {});
      channel.on('close', () => resolve(watcher.onListEnd(this, list, this.#nativeFailure())));
    });
  }

  #watchHandover(): Promise<void> {
    const { taken } = this.#spawned;
    if (taken < 0) return Promise.resolve();
    const socket = new Socket({ fd: taken, readable: true, writable: false });
    return new Promise((resolve) => {
      socket.on('close', () => resolve());
      socket.resume();
    });
  }

  #nativeFailure(): NativeFailure | undefined {
    return this.#released ? undefined : failureOf(this.#spawned.handle);
  }

  #readFailure(): CallFailure | undefined {
    const found = this.#nativeFailure();
    return found && failureIn(this.#program, found);
  }

  /** Frees what the child ran on. */
  #release(): void {
    if (this.#released) return;
    this.#failure ??= this.#readFailure();
    this.#released = true;
    releaseChild(this.#spawned.handle);
  }
}

/** Whether a call, or one of the processes that it clones, hands over to the walker. */
function handsOver(call: Call): boolean {
  return call.handsOver === true || (call.list ?? []).some(handsOver);
}
