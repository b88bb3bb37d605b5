/** Single keys from the terminal, without Enter. */
import { isatty } from 'node:tty';
import { Suspension, setRawMode } from '../../command-line/suspension.ts';

const CTRL_Z = '\x1a';
const ESCAPE = '\x1b';

export class Keyboard {
  readonly #onKey: (key: string) => void;
  readonly #onEnd: () => void;
  readonly #onReturn: () => void;
  readonly #suspension: Suspension;
  #closed = false;

  static isThere(): boolean {
    return isatty(0) && isatty(1);
  }

  /** `onEnd` is called when the terminal is gone, `onReturn` when the job goes on after Ctrl-Z. */
  constructor(onKey: (key: string) => void, onEnd: () => void, onReturn: () => void = () => {}) {
    this.#onReturn = onReturn;
    this.#onKey = onKey;
    this.#onEnd = onEnd;
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', this.#read).on('end', onEnd).on('error', onEnd);
    this.#suspension = new Suspension(
      () => setRawMode(false),
      () => {
        this.#resume();
        this.#onReturn();
      },
    );
    this.#resume();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#closed = true;
    this.#suspension.end();
    process.stdin.off('data', this.#read).off('end', this.#onEnd);
    setRawMode(false);
    process.stdin.pause();
  }

  readonly #read = (text: string | Buffer): void => {
    // Keys such as the arrows send a sequence that has letters in it.
    if (String(text).startsWith(ESCAPE)) return;
    for (const key of String(text)) {
      if (this.#closed) return;
      if (key === CTRL_Z) this.#suspension.suspend();
      else this.#onKey(key);
    }
  };

  readonly #resume = (): void => {
    setRawMode(true);
    process.stdin.resume();
  };
}
