/**
 * Ctrl-C and SIGTERM: what is being measured comes to its end, and what was
 * made is removed. For this, the programs measured run in process groups of
 * their own, which the terminal's Ctrl-C does not reach.
 */
const SIGNALS = { SIGINT: 2, SIGTERM: 15 };

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** The exit status, as a shell has it. */
  readonly status: number;

  constructor(signal: number) {
    super('Interrupted: nothing was recorded.');
    this.status = 128 + signal;
  }
}

let caught: number | undefined;

export function watchSignals(): void {
  for (const [name, number] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      caught = number;
    });
  }
}

/** @throws Interrupted after a signal. */
export function checkSignals(): void {
  if (caught !== undefined) throw new Interrupted(caught);
}
