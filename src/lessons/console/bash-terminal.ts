/**
 * A terminal with an interactive bash, driven by typing.
 *
 * script(1) gives the pseudo-terminal. The shell does not echo, and each of its
 * prompts is a word that nothing else prints, so that between two prompts there
 * is exactly what a command printed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

export interface TerminalOptions {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The user and group that bash runs as; undefined for our own. */
  readonly uid?: number;
  /** How many times longer than usual is waited for what comes: on a machine that is emulated, say. */
  readonly patience?: number;
}

const POLL_MS = 10;
const START_MS = 10_000;
const LEAVE_MS = 5_000;
/** So wide that no line of a lesson is broken: the kit breaks what it says between words. */
const COLUMNS = 160;

export class BashTerminal {
  /** The prompt of bash on the host. */
  readonly prompt = word();
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #patience: number;
  #output = '';
  /** The terminal hangs up then, and that ends what runs in it. */
  readonly #kill = () => {
    this.#process.kill('SIGKILL');
  };

  constructor({ directory, environment, uid, patience = 1 }: TerminalOptions) {
    this.#patience = patience;
    const bash = 'exec bash --norc --noprofile --noediting -i';
    this.#process = spawn('script', ['--quiet', '--command', bash, '/dev/null'], {
      cwd: directory,
      env: { ...environment, TERM: 'dumb', SHELL: '/bin/bash' },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true, // our Ctrl-C is not the lesson's
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.#ended = new Promise((resolve) => this.#process.once('close', resolve));
    process.once('exit', this.#kill); // who ends us does not wait
    this.#process.on('error', () => {}); // `start` sees that no prompt comes
    this.#process.stdin?.on('error', () => {});
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
  }

  /** @throws Error if there is no bash, or no script(1) */
  async start(): Promise<void> {
    this.type(`stty -echo columns ${COLUMNS} rows 24; HISTFILE=; ${setPrompt(this.prompt)}`);
    if (!(await this.waitFor((text) => text.includes(this.prompt), START_MS))) {
      throw new Error('No bash came up in a pseudo-terminal. Are bash and script (bsdutils, util-linux) installed?');
    }
    this.take();
  }

  type(text: string): void {
    this.#process.stdin?.write(`${text}\n`);
  }

  /** Whether the output since the last `take` comes to fulfil a condition. */
  async waitFor(condition: (text: string) => boolean, timeoutMs: number): Promise<boolean> {
    const end = Date.now() + timeoutMs * this.#patience;
    while (!condition(this.peek())) {
      if (Date.now() > end || this.#process.exitCode !== null) return condition(this.peek());
      await sleep(POLL_MS);
    }
    return true;
  }

  /** The output since the last `take`, without colours. */
  peek(): string {
    return stripVTControlCharacters(this.#output).replaceAll('\r', '');
  }

  take(): string {
    const text = this.peek();
    this.#output = '';
    return text;
  }

  /** Leaves the shell, whatever runs in it, and ends what will not leave. */
  async close(): Promise<void> {
    this.#process.stdin?.write('\x03');
    this.type('\nexit');
    const leave = setTimeout(this.#kill, LEAVE_MS);
    this.#process.stdin?.end();
    await this.#ended;
    clearTimeout(leave);
    process.off('exit', this.#kill);
  }
}

/** A word for a prompt. */
export function word(): string {
  return `%${randomBytes(6).toString('hex')}%`;
}

/**
 * What to type to give a shell that prompt. It does not contain the prompt
 * itself, so that an echo of it is not taken for one. Line editing goes off.
 */
export function setPrompt(prompt: string): string {
  return `PS1=${prompt.slice(0, -1)}'%' PS2=; set +o emacs`;
}
