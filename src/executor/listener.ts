/** Hearing of the calls of others before they are made: struct heard_call of native/lab.h. */
import { Socket } from 'node:net';
import { listenTo } from './native.ts';

/** A call that is about to be made. Who makes it stands still. */
export interface HeardCall {
  /** The thread that makes it, as this process counts. */
  readonly thread: number;
  /** As this machine numbers its calls. */
  readonly number: number;
  /** What it points at, others can change at any time. */
  readonly args: readonly bigint[];
}

const ARGUMENTS = 6;
const SIZE = 8 + 8 * ARGUMENTS;

export class Listener {
  readonly #socket: Socket;

  /**
   * Takes over the listener of a seccomp filter. `hear` is called for one call
   * after the other, in the order in which they are made; each goes on when it has
   * resolved. @throws Error if no thread can be had for it
   */
  constructor(fd: number, hear: (call: HeardCall) => void | Promise<void>) {
    const channel = listenTo(fd);
    if (channel < 0) throw new Error(`Nobody can listen: errno ${-channel}.`);
    this.#socket = new Socket({ fd: channel, readable: true, writable: true });
    this.#socket.on('error', () => {}); // All have ended.
    let rest = Buffer.alloc(0);
    this.#socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      if (rest.length < SIZE) return;
      const call = callIn(rest);
      rest = rest.subarray(SIZE);
      void this.#answer(hear(call));
    });
  }

  async #answer(heard: void | Promise<void>): Promise<void> {
    await heard;
    this.#socket.write('.');
  }

  /** Listens no more: what the filter tells of fails with ENOSYS from now on. */
  close(): void {
    this.#socket.destroy();
  }
}

function callIn(bytes: Buffer): HeardCall {
  return {
    thread: bytes.readUInt32LE(0),
    number: bytes.readInt32LE(4),
    args: Array.from({ length: ARGUMENTS }, (_, index) => bytes.readBigUInt64LE(8 + 8 * index)),
  };
}
