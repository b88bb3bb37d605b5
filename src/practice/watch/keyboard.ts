/** Single keys from the terminal, without Enter. */
import { isatty } from 'node:tty';

const CTRL_Z = '\x1a';
const ESCAPE = '\x1b';

export class Keyboard {
  readonly #onKey: (key: string) => void;
  readonly #onEnd: () => void;
  #closed = false;

  static isThere(): boolean {
    return isatty(0) && isatty(1);
  }

  /** `onEnd` is called when the terminal is gone. */
  constructor(onKey: (key: string) => void, onEnd: () => void) {
    this.#onKey = onKey;
    this.#onEnd = onEnd;
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', this.#read).on('end', onEnd).on('error', onEnd);
    process.on('SIGCONT', this.#resume);
    this.#resume();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#closed = true;
    process.off('SIGCONT', this.#resume);
    process.stdin.off('data', this.#read).off('end', this.#onEnd);
    this.#setRaw(false);
    process.stdin.pause();
  }

  readonly #read = (text: string | Buffer): void => {
    // Keys such as the arrows send a sequence that has letters in it.
    if (String(text).startsWith(ESCAPE)) return;
    for (const key of String(text)) {
      if (this.#closed) return;
      if (key === CTRL_Z) this.#suspend();
      else this.#onKey(key);
    }
  };

  /** In raw mode the terminal does not stop the job for Ctrl-Z: this does. */
  #suspend(): void {
    this.#setRaw(false);
    process.kill(0, 'SIGTSTP');
  }

  readonly #resume = (): void => {
    this.#setRaw(true);
    process.stdin.resume();
  };

  #setRaw(raw: boolean): void {
    try {
      process.stdin.setRawMode(raw);
    } catch {
      // The terminal is gone.
    }
  }
}
