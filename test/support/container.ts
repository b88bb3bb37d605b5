/** A container that lives while a test looks at it from outside, with a shell inside that does what the test says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestEnd, within } from './kernel-test.ts';
import { findProcess, launcher, top } from './lab.ts';

export interface ContainerOptions {
  readonly env?: Record<string, string>;
  /** Run the kit as this user instead of root. */
  readonly uid?: number;
  /** A command that runs the kit, such as `['unshare', '--net']`. */
  readonly wrap?: readonly string[];
}

/** What a command inside came to; its two output streams are one. */
export interface Answer {
  readonly status: number;
  readonly output: string;
}

const PATIENCE_MS = 20_000;

// Reads a line, does it, and says so: the shell's $0 marks the end of each answer.
const SERVANT =
  'while IFS= read -r line; do eval "$line" </dev/null 2>&1; printf "\\n%s %s\\n" "$0" "$?"; done; exit 0';

let containers = 0;

export class Container {
  /** The process that the test started: the kit, or what wraps it. */
  readonly started: number;
  /** The program in the container, as the host numbers it. */
  pid = 0;
  readonly #process;
  readonly #marker: string;
  readonly #ended: Promise<unknown[]>;
  #stdout = '';
  #stderr = '';
  #changed: () => void = () => {};

  constructor(words: readonly string[], { env = {}, uid, wrap = [] }: ContainerOptions) {
    containers += 1;
    this.#marker = `marker-${process.pid}-${containers}`;
    const [program = '', ...rest] = [...wrap, process.execPath, launcher, 'step', ...words];
    this.#process = spawn(program, [...rest, '--', 'sh', '-c', SERVANT, this.#marker], {
      cwd: top,
      env: { ...process.env, ...env },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.started = this.#process.pid ?? 0;
    this.#ended = once(this.#process, 'close');
    this.#process.stdin.on('error', () => {}); // it ended before it had read all
    this.#process.stdout.on('data', (bytes) => {
      this.#stdout += bytes;
      this.#changed();
    });
    this.#process.stderr.on('data', (bytes) => {
      this.#stderr += bytes;
    });
    void this.#ended.then(() => this.#changed());
  }

  /** What the kit has said so far, for messages. */
  get narration(): string {
    return this.#stderr;
  }

  async find(): Promise<void> {
    await this.run('true');
    this.pid = await findProcess(this.#marker);
  }

  /** Does one line of shell inside. */
  async run(line: string): Promise<Answer> {
    this.#process.stdin.write(`${line}\n`);
    return within(PATIENCE_MS, `${line}\n${this.#stderr}`, async () => {
      for (;;) {
        const [whole, output = '', status] =
          new RegExp(`^(.*?)\n${this.#marker} (\\d+)\n`, 's').exec(this.#stdout) ?? [];
        if (whole !== undefined) {
          this.#stdout = this.#stdout.slice(whole.length);
          return { status: Number(status), output: output.replace(/\n$/, '') };
        }
        if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
          throw new Error(`The container has ended: ${this.#process.exitCode}\n${this.#stdout}\n${this.#stderr}`);
        }
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
    });
  }

  /** What a line of shell inside prints; it must succeed. */
  async output(line: string): Promise<string> {
    const { status, output } = await this.run(line);
    if (status !== 0) throw new Error(`${line} ended with ${status}: ${output}`);
    return output;
  }

  /** Lets the shell end with a status, and gives the kit's. */
  async end(status = 0): Promise<number | null> {
    this.#process.stdin.end(`exit ${status}\n`);
    return this.ended();
  }

  /** The kit's exit status, once it has ended. */
  async ended(): Promise<number | null> {
    const [status] = await within(PATIENCE_MS, `the end of ${this.#marker}\n${this.#stderr}`, () => this.#ended);
    return status as number | null;
  }

  /** Kills the kit, and not what is inside; what survives may still hold its streams. */
  async killKit(): Promise<void> {
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await within(PATIENCE_MS, 'the death of the kit', () => exit);
  }

  /** The test is over: the container ends, if it has not. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.stdin.end();
    this.#process.kill('SIGTERM');
    try {
      await within(5000, 'the end', () => this.#ended);
    } catch {
      this.#process.kill('SIGKILL');
      await this.#ended;
    }
  }
}

/** Runs a step until the test is over: `startContainer(['4'])`. */
export async function startContainer(words: readonly string[], options: ContainerOptions = {}): Promise<Container> {
  const container = new Container(words, options);
  onTestEnd(() => container.stop());
  await container.find();
  return container;
}
