/** A cloned child that walks a list of calls, seen from its parent. */
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Argument, Call, Out } from '../syscalls/call.ts';
import { cloneCall, kill } from '../syscalls/processes.ts';
import { encode } from './encode.ts';
import { type ChildEvent, EventDecoder, readEvents } from './events.ts';
import { CallFailure } from './failure.ts';
import { peekChild, releaseChild, type Spawned, spawnProgram } from './native.ts';
import { attempt, isSuccess } from './perform.ts';
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
}

export interface ChildWatcher {
  /** Which calls wait until `release` is called. */
  isGated(call: Call): boolean;
  onEvent(child: Child, event: ChildEvent, release: () => void): void;
  onListEnd(child: Child): Promise<void>;
}

const SIGKILL = 9;

export class Child {
  /** The child's number as this process sees it. */
  readonly pid: number;
  readonly list: readonly Call[];
  /**
   * CLOCK_MONOTONIC, in nanoseconds, as the clone was made: by the time that
   * this process learns of its child, the child may have made calls of its own.
   */
  readonly clonedAt: bigint;
  readonly #spawned: Spawned;
  readonly #outs: ReadonlyMap<Out, number>;
  #events: ChildEvent[] = [];
  #listEnded: Promise<void> | undefined;
  readonly #ended: Promise<End>;
  #hasEnded = false;

  constructor(list: readonly Call[], flags: number, options: CloneOptions) {
    const { watcher } = options;
    const { block, outs } = encode(list, watcher ? (call) => watcher.isGated(call) : undefined);
    this.list = list;
    this.#outs = outs;
    this.clonedAt = process.hrtime.bigint();
    this.#spawned = spawnProgram(block, {
      flags,
      terminal: options.terminal ?? -1,
      watch: watcher !== undefined,
      copy: options.copy ?? false,
      directory: options.directory ?? -1,
    });
    this.pid = this.#spawned.pid;
    if (this.pid < 0) {
      throw new CallFailure({ side: 'parent', call: cloneCall(flags), index: 0, total: 1, result: this.pid });
    }
    if (watcher) this.#listEnded = this.#listen(watcher);
    this.#ended = new Promise((resolve) => {
      watchChild(this.pid, { ended: resolve, stopped: () => options.onStop?.() });
    });
    void this.#ended.then(() => {
      this.#hasEnded = true;
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Waits until the child has ended, whether in its list or as the program
   * that it became.
   * @throws CallFailure if a call of its list failed.
   */
  async wait(): Promise<End> {
    // The way of SIGCHLD through the event loop costs more than a short-lived program.
    if (!this.#listEnded) waitBriefly(this.pid);
    const end = await this.#ended;
    await this.#finish();
    if (this.failure) throw this.failure;
    return end;
  }

  /** The call of its list that failed, if one did; known once it has ended. */
  get failure(): CallFailure | undefined {
    const last = this.#events.filter(({ kind }) => kind === 'finished').at(-1);
    const call = last && this.list[last.index];
    if (!last || !call || isSuccess(call, last.result)) return undefined;
    return new CallFailure({
      side: 'child',
      call,
      index: last.index,
      total: this.list.length,
      result: last.result,
    });
  }

  /** What the kernel has written into the out-arguments of a call of the list. */
  outsOf(call: Call): Map<Argument, Buffer> {
    const found = new Map<Argument, Buffer>();
    for (const [out, offset] of this.#outs) {
      if (!call.args.includes(out)) continue;
      const bytes = peekChild(this.#spawned.handle, offset, out.size);
      if (bytes) found.set(out, bytes);
    }
    return found;
  }

  /** Ends the child, and with it its PID namespace, if it has not ended. */
  async destroy(): Promise<void> {
    if (!this.#hasEnded) this.signal(SIGKILL);
    await this.#ended;
    await this.#finish();
  }

  signal(number: number): void {
    if (!this.#hasEnded) attempt(kill(this.pid, number));
  }

  #listen(watcher: ChildWatcher): Promise<void> {
    const decoder = new EventDecoder();
    const socket = new Socket({ fd: this.#spawned.events, readable: true, writable: false });
    const release = () => this.#release();
    return new Promise((resolve) => {
      socket.on('data', (bytes) => {
        for (const event of decoder.decode(bytes)) {
          this.#events.push(event);
          watcher.onEvent(this, event, release);
        }
      });
      socket.on('close', () => resolve(watcher.onListEnd(this)));
    });
  }

  #release(): void {
    try {
      writeSync(this.#spawned.gate, 'x');
    } catch (error) {
      // The child was killed while it waited at the gate.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    }
  }

  /** After the end: collects the last events and frees what the child ran on. */
  #finish(): Promise<void> {
    this.#finished ??= this.#collectAndRelease();
    return this.#finished;
  }

  #finished: Promise<void> | undefined;

  async #collectAndRelease(): Promise<void> {
    if (this.#listEnded) {
      await this.#listEnded;
      closeSync(this.#spawned.gate);
    } else {
      this.#events = readEvents(this.#spawned.events);
      closeSync(this.#spawned.events);
    }
    releaseChild(this.#spawned.handle);
  }
}
