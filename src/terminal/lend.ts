/**
 * Lending the terminal to the container.
 *
 * A shell inside wants to lead the foreground process group of the terminal, or
 * it has no job control. The child makes itself that group (native/child.c).
 * The parent joins the group, so that Ctrl-C reaches it, too: process 1 of a
 * PID namespace is deaf to signals that it has no handler for, and then somebody
 * must end it from outside. npm and its shell stay behind in the old group.
 */
import { isatty } from 'node:tty';
import { setForeground } from '../executor/native.ts';
import { attempt } from '../executor/perform.ts';
import { processGroups } from '../proc/stat.ts';
import { kill, setpgid } from '../syscalls/processes.ts';

const STDIN = 0;
const SIGTSTP = 20;
const SIGCONT = 18;

export class LentTerminal {
  readonly #home: number;
  #borrower = 0;

  /** The terminal of this process, if it has one and is in its foreground. */
  static own(): LentTerminal | undefined {
    const { group, foreground } = processGroups();
    return isatty(STDIN) && group === foreground ? new LentTerminal(group) : undefined;
  }

  private constructor(home: number) {
    this.#home = home;
  }

  readonly fd = STDIN;

  /** Follows a child that makes itself the foreground group. */
  follow(pid: number): void {
    this.#borrower = pid;
    // The child does these two as well, whoever comes first: in a group that is
    // not in the foreground yet, the terminal would stop us with SIGTTOU.
    attempt(setpgid(pid, pid));
    setForeground(STDIN, pid);
    attempt(setpgid(0, pid));
    process.on('SIGTSTP', ignore);
  }

  /** Takes the terminal back. */
  reclaim(): void {
    if (this.#borrower === 0) return;
    attempt(setpgid(0, this.#home));
    setForeground(STDIN, this.#home);
    process.off('SIGTSTP', ignore);
  }

  /**
   * The program inside was stopped, by Ctrl-Z say. Does what sudo(8) does: stops
   * the whole job that the user's shell knows; when `fg` wakes it, goes on.
   */
  suspend(): void {
    const pid = this.#borrower;
    this.reclaim();
    attempt(kill(0, SIGTSTP));
    this.follow(pid);
    attempt(kill(-pid, SIGCONT));
  }
}

function ignore(): void {}
