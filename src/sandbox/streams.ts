/** The standard streams of a sandbox: pipes, so that nothing inside can reach a file or a terminal of the grader. */
import { closeSync, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type End, endOf } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import { type Checkpoint, openCheckpoint } from '../steps/02-ipc.ts';
import type { Call } from '../syscalls/call.ts';
import { close, dup3 } from '../syscalls/files.ts';

/** How much output is kept from the beginning, and from the end. */
const KEPT_BYTES = 32 * 1024;
/** A submission that prints more is stopped. */
const MOST_BYTES = 4 * 2 ** 20;
/** A sandbox that is being made beside this one can hold a copy of its pipes, for a moment. */
const DRAIN_MS = 1000;

export interface Streams {
  /** The child's calls: its standard streams become the pipes' ends. */
  readonly adopt: readonly Call[];
  readonly stdout: Output;
  readonly stderr: Output;
  /** Resolves when more came out than a submission may print. */
  readonly flooded: Promise<void>;
  write(text: string): void;
  endInput(): void;
  /** To be called when the child has its copies. */
  handOver(): Promise<void>;
  /** Waits until all that was written has been read; to be called when all that could write have ended. */
  drain(): Promise<void>;
  /** Resolves when their descriptors are closed. */
  close(): Promise<void>;
}

/** Opens three pipes. */
export async function openStreams(lab: Lab): Promise<Streams> {
  const [input, output, errors] = [await openPipe(lab), await openPipe(lab), await openPipe(lab)];
  const stdin = new Socket({ fd: input.writeEnd, readable: false, writable: true });
  stdin.on('error', () => {}); // A submission need not read it.
  const stdout = new Output(output.readEnd);
  const stderr = new Output(errors.readEnd);
  const childs = [input.readEnd, output.writeEnd, errors.writeEnd];
  return {
    adopt: childs.map((fd, number) => dup3(fd, number)),
    stdout,
    stderr,
    flooded: Promise.race([stdout.flooded, stderr.flooded]),
    write: (text) => stdin.write(text),
    endInput: () => stdin.end(),
    handOver: async () => {
      await lab.perform(childs.map(close));
    },
    drain: async () => {
      await Promise.race([Promise.all([stdout.closed, stderr.closed]), sleep(DRAIN_MS)]);
    },
    close: async () => {
      await Promise.all([closed(stdin), stdout.destroy(), stderr.destroy()]);
    },
  };
}

/** Opens a pipe. The ends that are still open when `lab` ends are closed then. */
export async function openPipe(lab: Lab): Promise<Checkpoint> {
  const pipe = await openCheckpoint(lab);
  const made = identityOf(pipe.readEnd);
  lab.onEnd(() => {
    // The number of a descriptor that was closed may be that of another file by then.
    for (const fd of [pipe.readEnd, pipe.writeEnd]) if (identityOf(fd) === made) closeSync(fd);
  });
  return pipe;
}

/** `DEVICE:INODE` of an open file, equal for both ends of a pipe; undefined if nothing is open there. */
function identityOf(fd: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** What came out of a stream, as far as it is kept. */
export class Output {
  readonly #socket: Socket;
  /** Resolves at the end of the stream. */
  readonly closed: Promise<void>;
  /** Resolves when it is too much. */
  readonly flooded: Promise<void>;
  #flood: () => void = () => {};
  #head = '';
  #tail = '';
  #bytes = 0;

  constructor(fd: number) {
    this.flooded = new Promise((resolve) => {
      this.#flood = resolve;
    });
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.setEncoding('latin1');
    this.#socket.on('error', () => {});
    this.#socket.on('data', (text: string) => {
      this.#bytes += text.length;
      if (this.#head.length < KEPT_BYTES) this.#head += text.slice(0, KEPT_BYTES - this.#head.length);
      this.#tail = (this.#tail + text).slice(-KEPT_BYTES);
      if (this.#bytes <= MOST_BYTES) return;
      this.#socket.destroy();
      this.#flood();
    });
  }

  /** The text so far. It says how much is left out in the middle. */
  get text(): string {
    const missing = this.#bytes - this.#head.length;
    const tail = missing > 0 ? this.#tail.slice(-Math.min(missing, KEPT_BYTES)) : '';
    const gap = missing > tail.length ? `\n… ${missing - tail.length} bytes left out …\n` : '';
    return Buffer.from(this.#head + gap + tail, 'latin1').toString('utf8');
  }

  /** How many bytes have come. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What has come after the first `bytes`; if that is much, only its end. */
  since(bytes: number): string {
    const count = this.#bytes - bytes;
    return Buffer.from(count > 0 ? this.#tail.slice(-count) : '', 'latin1').toString('utf8');
  }

  /** Resolves when its descriptor is closed. */
  destroy(): Promise<void> {
    return closed(this.#socket);
  }
}

/** How the program has ended, as the process above it tells in four bytes. */
export class ProgramsEnd {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  readonly #chunks: Buffer[] = [];

  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: true, writable: false });
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.on('error', () => {});
    this.#socket.on('data', (bytes) => this.#chunks.push(bytes));
  }

  /** To be called when it has ended; undefined if nothing was told: it was killed together with the one above. */
  async end(): Promise<End | undefined> {
    await Promise.race([this.#closed, sleep(DRAIN_MS)]);
    const bytes = Buffer.concat(this.#chunks);
    return bytes.length < 4 ? undefined : endOf(bytes.readInt32LE(0));
  }

  /** Resolves when its descriptor is closed. */
  destroy(): Promise<void> {
    return closed(this.#socket);
  }
}

/** A socket closes its descriptor a moment after it has been told to. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
