/** A real terminal, by tmux, with a shell in it: a test types, and reads the screen. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestEnd, until } from './kernel-test.ts';
import { launcher, top } from './lab.ts';
import { patience } from './patience.ts';

let terminals = 0;

export class Terminal {
  readonly #directory = mkdtempSync(join(tmpdir(), 'kernel-test-'));
  readonly #socket: string;
  /** The shell, as the host numbers it. */
  readonly shell: number;

  constructor(columns = 150) {
    terminals += 1;
    this.#socket = `kernel-test-${process.pid}-${terminals}`;
    onTestEnd(() => this.close());
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      '50',
      '-c',
      top,
      'bash --norc --noprofile',
    );
    this.shell = Number(this.#tmux('display-message', '-p', '#{pane_pid}'));
    this.type(`PS1='outer$ '; kit() { '${process.execPath}' '${launcher}' "$@"; }; clear`);
  }

  /** Types a line, and Enter. */
  type(line: string): void {
    this.#tmux('send-keys', '-l', '--', line);
    this.key('Enter');
  }

  /** Presses a key, such as C-c. */
  key(name: string): void {
    this.#tmux('send-keys', name);
  }

  screen(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-S', '-');
  }

  /** Waits until the screen shows something. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    let screen = '';
    try {
      return await until(`the screen shows ${pattern}`, () => {
        screen = this.screen();
        return pattern.exec(screen);
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${screen.trimEnd()}`);
    }
  }

  /** Waits until whatever shell has the terminal answers. */
  async answers(word: string): Promise<void> {
    // Two words that the shell joins, so that the echo of what is typed does not count.
    this.type(`echo ${word}''-${word}`);
    await this.shows(new RegExp(`^${word}-${word}$`, 'm'));
  }

  close(): void {
    if (!existsSync(this.#directory)) return;
    try {
      this.#tmux('kill-server');
    } catch {} // it has ended already
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #tmux(...words: string[]): string {
    const env = { ...process.env, TMUX_TMPDIR: this.#directory, TMUX: '', LC_ALL: 'C.UTF-8', HISTFILE: '' };
    return execFileSync('tmux', ['-L', this.#socket, ...words], {
      encoding: 'utf8',
      env,
      stdio: 'pipe',
      timeout: patience(10_000),
    }).trimEnd();
  }
}
