/** The terminal of a watch: text that scrolls by, and a line at the bottom that stays. */
import { writeSync } from 'node:fs';

const ERASE_LINE = '\r\x1b[K';

export class Screen {
  readonly #write: (text: string) => void;
  readonly #hasFooter: boolean;
  #footer = '';

  /** Without a terminal there is no line at the bottom. */
  constructor(isTerminal: boolean, write = (text: string) => void writeSync(1, text)) {
    this.#hasFooter = isTerminal;
    this.#write = (text) => {
      try {
        write(text);
      } catch {
        // The terminal is gone. What runs must be put away all the same.
      }
    };
  }

  print(lines: readonly string[]): void {
    this.#erase();
    this.#write(`${lines.join('\n')}\n`);
    this.#draw();
  }

  /** An empty one takes it away. */
  setFooter(text: string): void {
    this.#erase();
    this.#footer = text;
    this.#draw();
  }

  #erase(): void {
    if (this.#hasFooter && this.#footer !== '') this.#write(ERASE_LINE);
  }

  #draw(): void {
    if (this.#hasFooter) this.#write(this.#footer);
  }
}
