/**
 * Lending the terminal to the container.
 *
 * A shell inside wants to lead the foreground process group of the terminal, or
 * it has no job control. The child makes itself that group (native/child.c).
 * The parent joins the group, so that Ctrl-C reaches it, too: process 1 of a
 * PID namespace is deaf to signals that it has no handler for, and then somebody
 * must end it from outside. npm and its shell stay behind in the old group.
 *
 * The terminal belongs to the shell that started us. It is lent on while our
 * job is in the foreground, and never taken from anybody else: after Ctrl-Z and
 * `bg`, say, the shell has it.
 */
import { isatty } from 'node:tty';
import { setForeground } from '../executor/native.ts';
import { attempt } from '../executor/perform.ts';
import { processGroups } from '../proc/stat.ts';
import { dispositionOf } from '../proc/status.ts';
import { kill, setpgid } from '../syscalls/processes.ts';

/** How often a job in the background looks whether `fg` has been typed. */
const LOOK_MS = 100;
const STDIN = 0;
const STDOUT = 1;
const SIGCONT = 18;
const SIGSTOP = 19;
const SIGTSTP = 20;

export class LentTerminal {
  readonly #home: number;
  #borrower = 0;
  #look: NodeJS.Timeout | undefined;

  /**
   * The terminal of this process, if it has one and is in its foreground. In a
   * pipeline the other programs may need it, such as a pager.
   */
  static own(): LentTerminal | undefined {
    const { group, foreground } = processGroups();
    return isatty(STDIN) && isatty(STDOUT) && group === foreground ? new LentTerminal(group) : undefined;
  }

  private constructor(home: number) {
    this.#home = home;
  }

  readonly fd = STDIN;

  /** Follows a child that makes itself the foreground group. */
  follow(pid: number): void {
    this.#borrower = pid;
    this.#lend(() => {});
    process.on('SIGCONT', this.#onContinue);
  }

  /** Takes the terminal back from the child; not from others. */
  reclaim(): void {
    if (this.#borrower === 0) return;
    process.off('SIGCONT', this.#onContinue);
    clearTimeout(this.#look);
    this.#takeBack();
  }

  /**
   * The program inside was stopped, by Ctrl-Z say. Does what sudo(8) does: stops
   * the whole job that the user's shell knows. When `fg` or `bg` wakes it, goes on.
   */
  suspend(): void {
    const { group, foreground } = processGroups();
    const isBehind = group === this.#home && foreground === this.#home;
    // One that wants the terminal, and has not been lent it since `fg`, goes on at once.
    if (!isBehind) {
      this.#takeBack();
      attempt(kill(0, SIGTSTP));
    }
    this.#onContinue();
  }

  /** `before` is done when the child has the terminal, and we are not in its group yet. */
  #lend(before: () => void): void {
    const pid = this.#borrower;
    // The child does these two as well, whoever comes first: in a group that is
    // not in the foreground yet, the terminal would stop us with SIGTTOU.
    attempt(setpgid(pid, pid));
    setForeground(STDIN, pid);
    before();
    attempt(setpgid(0, pid));
    process.on('SIGTSTP', this.#onTypedStop);
  }

  #takeBack(): void {
    process.off('SIGTSTP', this.#onTypedStop);
    attempt(setpgid(0, this.#home));
    if (processGroups().foreground === this.#borrower) setForeground(STDIN, this.#home);
  }

  /** `fg` has put our job into the foreground, `bg` has not; the program inside goes on either way. */
  readonly #onContinue = (): void => {
    clearTimeout(this.#look);
    const { group, foreground } = processGroups();
    // In the child's group we would wake ourselves, and do so again, without end.
    if (group !== this.#home) attempt(kill(this.#borrower, SIGCONT));
    else if (foreground === this.#home) this.#lend(this.#wake);
    else {
      this.#wake();
      this.#look = setTimeout(this.#lookForForeground, LOOK_MS);
    }
  };

  readonly #wake = (): void => {
    attempt(kill(-this.#borrower, SIGCONT));
  };

  /** A job that runs in the background hears nothing of `fg`: it has to look. */
  readonly #lookForForeground = (): void => {
    const { group, foreground } = processGroups();
    if (group !== this.#home) return;
    if (foreground === this.#home) this.#lend(this.#wake);
    else this.#look = setTimeout(this.#lookForForeground, LOOK_MS);
  };

  /** Ctrl-Z. Process 1 of a PID namespace is deaf to SIGTSTP where it has no handler, but not to SIGSTOP from outside. */
  readonly #onTypedStop = (): void => {
    if (dispositionOf(this.#borrower, SIGTSTP) === 'default') attempt(kill(this.#borrower, SIGSTOP));
  };
}
