/** Types the commands of one console block, into its terminals and the shells in them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BashTerminal, setPrompt, type TerminalOptions, word } from './bash-terminal.ts';

/** A command that does not end, or a shell that is not there: the block cannot go on. */
export class Stuck extends Error {
  readonly output: string;
  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

const COMMAND_MS = 60_000;
const LEAVE_MS = 5_000;
/** What the parent says beside the container's shell may come a little later than its prompt. */
const SETTLE_MS = 100;
/** How long a command has to end by itself before it counts as one that goes on. */
const GOES_ON_MS = 1_000;

export class Typist {
  readonly #options: TerminalOptions;
  readonly #first: BashTerminal;
  #second: BashTerminal | undefined;
  /** The prompt of the shell in the container. */
  readonly #inside = word();
  /** Who reads what is typed into the first terminal. */
  #reader: 'host' | 'inside' | 'a command' = 'host';

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#first = new BashTerminal(options);
  }

  start(): Promise<void> {
    return this.#first.start();
  }

  /** Runs a command in the first terminal's bash. */
  async onHost(command: string): Promise<string> {
    const before = await this.#backOnHost();
    this.#type(command);
    return before + (await this.#toPrompt());
  }

  /** Starts a container and takes its shell over; the prompt that it would show is left out. */
  async open(command: string): Promise<string> {
    const before = await this.#backOnHost();
    this.#type(`${command}\n${setPrompt(this.#inside)}`);
    const hasPrompt = await this.#first.waitFor((text) => this.#hasPrompt(text), COMMAND_MS);
    await sleep(SETTLE_MS);
    const text = this.#first.peek();
    const output = before + this.#takeFirst();
    if (!hasPrompt) throw new Stuck(this.#endless(), output);
    const at = text.indexOf(this.#inside);
    // A prompt of the host first: then it is the host's bash that has read what was meant for the container's.
    if (at < 0 || text.slice(0, at).includes(this.#first.prompt)) {
      throw new Stuck('This has started no shell in a container.', output);
    }
    return before + text.slice(0, text.lastIndexOf('\n', at) + 1) + text.slice(at + this.#inside.length);
  }

  /** Runs a command in the container's shell; one that ends the shell is over when the host's prompt is back. */
  async inside(command: string): Promise<string> {
    if (this.#reader !== 'inside') throw new Stuck('No container runs in the first terminal any more.', '');
    this.#type(command);
    return this.#toPrompt();
  }

  /**
   * Runs a command in the first terminal that may go on while the second is
   * used: returns what it has printed when it has ended, or when `isEnough`.
   */
  async begin(command: string, isEnough: (output: string) => boolean): Promise<string> {
    const before = this.#reader === 'inside' ? '' : await this.#backOnHost();
    this.#type(command);
    const patience = Date.now() + GOES_ON_MS;
    const condition = (text: string) => this.#hasPrompt(text) || (Date.now() > patience && isEnough(before + text));
    if (!(await this.#first.waitFor(condition, COMMAND_MS))) throw new Stuck(this.#endless(), this.#takeFirst());
    return before + this.#takeFirst();
  }

  async inSecond(command: string): Promise<string> {
    if (!this.#second) {
      this.#second = new BashTerminal(this.#options);
      await this.#second.start();
    }
    const { prompt } = this.#second;
    this.#second.type(command);
    if (!(await this.#second.waitFor((text) => text.includes(prompt), COMMAND_MS))) {
      throw new Stuck(this.#endless(), this.#second.take());
    }
    return this.#second.take().replaceAll(prompt, '');
  }

  /** Waits for the first terminal to print what is enough, and takes it; undefined if it does not. */
  async meanwhile(isEnough: (output: string) => boolean): Promise<string | undefined> {
    const came = await this.#first.waitFor((text) => isEnough(this.#withoutPrompts(text)), LEAVE_MS);
    return came ? this.#takeFirst() : undefined;
  }

  async close(): Promise<void> {
    if (this.#reader === 'a command') this.#first.type('\x03');
    if (this.#reader !== 'host') {
      this.#first.type('exit');
      await this.#first.waitFor((text) => text.includes(this.#first.prompt), LEAVE_MS);
    }
    await this.#second?.close();
    await this.#first.close();
  }

  /** Waits for the host's prompt, and returns what came before it. */
  async #backOnHost(): Promise<string> {
    const { prompt } = this.#first;
    if (this.#reader !== 'host') {
      const limit = this.#reader === 'inside' ? LEAVE_MS : COMMAND_MS;
      if (!(await this.#first.waitFor((text) => text.includes(prompt), limit))) {
        const advice =
          this.#reader === 'inside'
            ? 'The container still runs: leave it with container# exit.'
            : 'What runs in the first terminal does not end.';
        throw new Stuck(advice, this.#takeFirst());
      }
    }
    return this.#takeFirst();
  }

  /** From here on it is the command that reads, until a prompt is back. */
  #type(command: string): void {
    this.#reader = 'a command';
    this.#first.type(command);
  }

  async #toPrompt(): Promise<string> {
    const hasPrompt = await this.#first.waitFor((text) => this.#hasPrompt(text), COMMAND_MS);
    const output = this.#takeFirst();
    if (!hasPrompt) throw new Stuck(this.#endless(), output);
    return output;
  }

  /** Takes what was printed; the last prompt in it tells who reads now. */
  #takeFirst(): string {
    const text = this.#first.take();
    const [host, inside] = [text.lastIndexOf(this.#first.prompt), text.lastIndexOf(this.#inside)];
    if (host !== inside) this.#reader = host > inside ? 'host' : 'inside';
    return this.#withoutPrompts(text);
  }

  #endless(): string {
    return `No end within ${(COMMAND_MS / 1000) * (this.#options.patience ?? 1)} s.`;
  }

  #hasPrompt(text: string): boolean {
    return text.includes(this.#first.prompt) || text.includes(this.#inside);
  }

  #withoutPrompts(text: string): string {
    return text.replaceAll(this.#first.prompt, '').replaceAll(this.#inside, '');
  }
}
