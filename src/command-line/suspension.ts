/**
 * Ctrl-Z at a terminal in raw mode. There the terminal does not stop the job
 * for it: whoever reads the keys must, and not just itself but the whole job
 * that the user's shell knows, with npm and its shell.
 */
import type { ReadStream } from 'node:tty';

export class Suspension {
  readonly #before: () => void;
  readonly #after: () => void;

  /** `before` puts the terminal in order for the shell; `after` is called when the job goes on. */
  constructor(before: () => void, after: () => void) {
    this.#before = before;
    this.#after = after;
    process.on('SIGTSTP', this.suspend).on('SIGCONT', this.#resume);
  }

  /** Stops the job. It goes on here when the shell continues it. */
  readonly suspend = (): void => {
    this.#before();
    // Only the default action stops this process.
    process.off('SIGTSTP', this.suspend);
    process.kill(0, 'SIGTSTP');
  };

  /** The keys are read no more. */
  end(): void {
    process.off('SIGTSTP', this.suspend).off('SIGCONT', this.#resume);
  }

  readonly #resume = (): void => {
    process.off('SIGTSTP', this.suspend).on('SIGTSTP', this.suspend);
    this.#after();
  };
}

/** Switches a terminal to single keys, or back. Does nothing where it is gone. */
export function setRawMode(raw: boolean, terminal: ReadStream = process.stdin): void {
  try {
    terminal.setRawMode(raw);
  } catch {
    // The terminal is gone.
  }
}
