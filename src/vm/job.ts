/**
 * One job in a machine that is starting: the line that says what to run, its
 * input, its output, its status. The other side is guest/lab-job.
 */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { connectTerminal } from './host-terminal.ts';
import { packKit } from './kit.ts';
import type { RunningMachine } from './qemu.ts';
import { until } from './trailer.ts';

export interface Job {
  readonly user: 'root' | 'learner';
  /** On a terminal, or with its three streams apart. */
  readonly terminal: boolean;
  readonly command: readonly string[];
}

/** Without a command, a shell. */
const SHELL = ['bash', '--login'];

const CONSOLE_KEPT = 4000;

/**
 * Runs a job; returns its exit status. Ends when the status and all of the output
 * have come; the machine still runs then.
 * @throws Error with the kernel's last words, if the machine is not ready in
 *   time or ends before the job; the error of a stream that nobody reads any more
 */
export async function runJob(machine: RunningMachine, job: Job, bootTimeoutMs: number): Promise<number> {
  const { ports } = machine;
  const mark = `lab-end-${randomBytes(12).toString('hex')}`;
  for (const port of [...Object.values(ports), machine.console]) port.on('error', () => {}); // qemu has gone
  const lastWords = keepLastWords(machine);

  const control = readControl(machine, bootTimeoutMs, lastWords);
  ports.control.write(jobLine(job, mark));
  const packing = packKit();
  packing.stdout?.pipe(ports.kit);

  const disconnect = job.terminal ? connectTerminal(ports) : connectInput(ports.stdin);
  try {
    const outputs = job.terminal
      ? [copy(until(mark, ports.terminal), process.stdout)]
      : [copy(until(mark, ports.stdout), process.stdout), copy(until(mark, ports.stderr), process.stderr)];
    const [status] = await Promise.all([control, ...outputs]);
    return status;
  } finally {
    packing.kill();
    disconnect();
  }
}

/** Waits for `ready`, then for `status N`. */
function readControl(machine: RunningMachine, bootTimeoutMs: number, lastWords: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`The machine was not ready after ${bootTimeoutMs / 1000} s.${lastWords()}`));
    const timer = setTimeout(late, bootTimeoutMs);
    const lines = createInterface({ input: machine.ports.control });
    lines.on('error', () => {}); // it repeats those of the port
    lines.on('line', (line) => {
      if (line === 'ready') clearTimeout(timer);
      const status = /^status (\d+)$/.exec(line)?.[1];
      if (status !== undefined) resolve(Number(status));
    });
    machine.process.on('error', reject);
    machine.process.on('close', () => {
      clearTimeout(timer);
      reject(new Error(`The machine ended before the command did.${lastWords()}`));
    });
  });
}

function keepLastWords({ console, complaints }: RunningMachine): () => string {
  let text = '';
  for (const stream of [console, complaints]) {
    stream.on('data', (chunk: Buffer) => {
      text = (text + chunk).slice(-CONSOLE_KEPT);
    });
  }
  return () => (text.trim() ? ` Its last words:\n${text.trim().replace(/\r/g, '').replace(/^/gm, '  ')}` : '');
}

/** The reader may be slower than the machine. */
async function copy(chunks: AsyncIterable<Buffer>, target: Writable): Promise<void> {
  target.on('error', () => {}); // told to the callback as well
  for await (const chunk of chunks) {
    await new Promise<void>((resolve, reject) => {
      target.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function connectInput(port: Writable): () => void {
  process.stdin.pipe(port);
  return () => {
    process.stdin.unpipe(port);
    process.stdin.destroy();
  };
}

/** The line that guest/lab-job reads. `mark` ends each stream of output. */
export function jobLine({ user, terminal, command }: Job, mark: string): string {
  const words = command.length > 0 ? command : SHELL;
  const encoded = Buffer.from(words.map((word) => `${word}\0`).join('')).toString('base64');
  const term = (process.env.TERM ?? '').replace(/[^\w.+-]/g, '') || 'dumb';
  return `${[user, terminal ? 'tty' : 'none', mark, term, encoded].join(' ')}\n`;
}
