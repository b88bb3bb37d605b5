/** Waiting for something to read while Node goes on, and giving up. */
import { closeSync } from 'node:fs';
import { awaitInput as awaitInputCall } from '../syscalls/descriptors.ts';
import { pipe2 } from '../syscalls/files.ts';
import { CallFailure } from './failure.ts';
import { awaitInput } from './native.ts';
import { perform } from './perform.ts';

/** A wait ended since nobody wants it any more. */
export class WaitCancelled extends Error {
  override readonly name = 'WaitCancelled';

  constructor() {
    super('The run has ended while it was waiting.');
  }
}

/** The waits of one run. Each takes a thread of Node's pool. */
export class Waits {
  #pipe: { readonly readEnd: number; readonly writeEnd: number } | undefined;
  #pending = 0;
  #cancelled = false;

  /**
   * Waits until `fd` has something to read or is at its end.
   * @throws WaitCancelled if `cancel` comes first.
   */
  async input(fd: number): Promise<void> {
    if (this.#cancelled) throw new WaitCancelled();
    this.#pipe ??= openPipe();
    this.#pending += 1;
    try {
      const result = await awaitInput(fd, this.#pipe.readEnd);
      if (result < 0) {
        throw new CallFailure({ side: 'parent', call: awaitInputCall(fd), index: 0, total: 1, result });
      }
      if (result === 0) throw new WaitCancelled();
    } finally {
      this.#pending -= 1;
      this.#tidyUp();
    }
  }

  /** Ends all waits, for good. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    // The read end then is at its end, and that is what the threads look for.
    if (this.#pipe) closeSync(this.#pipe.writeEnd);
    this.#tidyUp();
  }

  #tidyUp(): void {
    if (!this.#cancelled || this.#pending > 0 || !this.#pipe) return;
    closeSync(this.#pipe.readEnd);
    this.#pipe = undefined;
  }
}

function openPipe() {
  const [ends] = [...perform([pipe2()]).outs.values()];
  return { readEnd: ends?.readInt32LE(0) ?? -1, writeEnd: ends?.readInt32LE(4) ?? -1 };
}
