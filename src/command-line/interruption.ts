/** Being told to stop while there is something to put away. */
import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const NAMES: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Work was stopped by a signal. `status` is what a shell makes of that signal: 128+n. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly status: number;

  constructor(name: Name, message: string) {
    super(message);
    this.status = 128 + constants.signals[name];
  }
}

const NOTHING_LEFT = 'Interrupted. Nothing of it is left, and what was there before is as it was.';

/**
 * Does work that a signal does not cut short but aborts: it gets the time to
 * put away what it has. Throws what the work throws, or Interrupted with `message`.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, message = NOTHING_LEFT): Promise<T> {
  const controller = new AbortController();
  const handlers = NAMES.map((name) => [name, () => controller.abort(new Interrupted(name, message))] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  try {
    return await work(controller.signal);
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler);
  }
}

/** Throws if a signal came, also during work that never let one in. */
export async function throwIfInterrupted(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
