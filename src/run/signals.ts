/** What a run does with the signals that reach the parent. */
import { constants } from 'node:os';
import type { Child } from '../executor/child.ts';
import { dispositionOf } from '../proc/status.ts';

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** How long a program may take to obey before it is killed. */
const GRACE_MS = 1000;
const SIGKILL = 9;

export class Signals {
  #child: Child | undefined;
  #received: Name | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #handlers = new Map<Name, () => void>();
  readonly #explain: (line: string) => void;
  readonly #onTerminal: boolean;
  readonly #cancel: () => void;

  /** `cancel` is called when a signal ends the run: the parent may be waiting for something, too. */
  constructor(explain: (line: string) => void, onTerminal: boolean, cancel: () => void = () => {}) {
    this.#explain = explain;
    this.#onTerminal = onTerminal;
    this.#cancel = cancel;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
      const handler = () => this.#receive(name);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  /** The signal that ended the run, as the exit status 128+n; undefined if none did. */
  get status(): number | undefined {
    return this.#received && 128 + constants.signals[this.#received];
  }

  watch(child: Child): void {
    this.#child = child;
    if (this.#received) child.signal(SIGKILL);
  }

  release(): void {
    clearTimeout(this.#timer);
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }

  #receive(name: Name): void {
    const child = this.#child;
    if (!child) {
      this.#received = name;
      this.#cancel();
      return;
    }
    const number = constants.signals[name];
    const typed = this.#onTerminal && (name === 'SIGINT' || name === 'SIGQUIT');
    // What is typed at the terminal reaches the program inside by itself, and
    // one that handles it, such as a shell at its prompt, is none of our business.
    if (typed && dispositionOf(child.pid, number) === 'catches') return;
    this.#received = name;
    this.#cancel();
    if (!typed) child.signal(number);
    this.#timer ??= setTimeout(() => {
      if (child.hasEnded) return;
      this.#explain(
        `Process ${child.pid} did not end on ${name}, so it gets SIGKILL. ` +
          '(The kernel spares process 1 of a PID namespace every signal that it has no handler for.)',
      );
      child.signal(SIGKILL);
    }, GRACE_MS);
  }
}
