/** Running a program to its end, but not for ever. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface RunOptions {
  /** Ends the program, and all that it has started in namespaces of its own. */
  readonly signal?: AbortSignal;
  /** A descriptor for its standard input; without one it reads nothing. */
  readonly input?: number | 'pipe';
  /** A descriptor for its standard output; otherwise that is read line by line. */
  readonly output?: number;
  readonly environment?: Record<string, string>;
  /** Is called with every line of standard output, standard error and descriptor 3, together. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
  /** How long it may say nothing, and how long it may take. */
  readonly silenceMs?: number;
  readonly limitMs?: number;
}

export interface Ended {
  /** Undefined if a signal ended it. */
  readonly status: number | undefined;
  /** The end of what it said, up to 200 lines. */
  readonly lines: readonly string[];
  readonly lastLine: string;
  /** Why it was ended from here, if it was. */
  readonly stopped?: string;
}

const MINUTE_MS = 60_000;
const KEPT_LINES = 200;
// What leads to the network on this machine; wget and apt know both spellings.
const PROXIES = /^(https?|ftp|no)_proxy$/i;

/** Runs a program. Throws only if it cannot be started, or if `signal` aborts. */
export async function run([program = '', ...words]: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { signal, silenceMs = 10 * MINUTE_MS, limitMs = 10 * MINUTE_MS } = options;
  signal?.throwIfAborted();
  const child = spawn(program, words, {
    cwd: '/',
    // A session of its own: Ctrl-C reaches us alone, and we end it in order.
    detached: true,
    env: { ...programEnvironment(), ...options.environment },
    stdio: [options.input ?? 'ignore', options.output ?? 'pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let stopped: string | undefined;
  const stop = (why: string) => {
    stopped ??= why;
    child.kill('SIGKILL');
  };
  const limit = setTimeout(() => stop(`took more than ${minutes(limitMs)}`), limitMs);
  const silence = setTimeout(() => stop(`said nothing for ${minutes(silenceMs)}`), silenceMs);
  const onAbort = () => stop('interrupted');
  signal?.addEventListener('abort', onAbort);
  const hear = (line: string) => {
    silence.refresh();
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    options.onLine?.(line, child);
  };
  for (const stream of child.stdio.slice(1)) {
    if (stream) createInterface({ input: stream as Readable, crlfDelay: Number.POSITIVE_INFINITY }).on('line', hear);
  }
  try {
    const status = await ended(child);
    signal?.throwIfAborted();
    return { status, lines, lastLine: lines.findLast((line) => line.trim() !== '') ?? '', ...(stopped && { stopped }) };
  } finally {
    clearTimeout(limit);
    clearTimeout(silence);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** "close" comes when nobody holds the pipes any more: no process of it is left that could write. */
function ended(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? undefined));
  });
}

function minutes(ms: number): string {
  return ms < MINUTE_MS ? `${ms / 1000} seconds` : `${ms / MINUTE_MS} minutes`;
}

/** The same for everybody, so that nothing of a user's settings gets into an image. */
function programEnvironment(): Record<string, string> {
  const proxies = Object.entries(process.env).filter(([name]) => PROXIES.test(name));
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    HOME: '/',
    DEBIAN_FRONTEND: 'noninteractive',
    ...(Object.fromEntries(proxies) as Record<string, string>),
  };
}

/** Whether downloads go through somebody else. */
export function usesProxy(): boolean {
  return Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name));
}
