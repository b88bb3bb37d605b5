/** Does something once at a time. All that is asked for meanwhile makes one more time, and no more. */
export class OneAtATime {
  readonly #act: () => Promise<void>;
  #again = false;
  #running: Promise<void> | undefined;

  constructor(act: () => Promise<void>) {
    this.#act = act;
  }

  /** Whether it has been asked for once more. */
  get isAsked(): boolean {
    return this.#again;
  }

  request(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Drops what was asked for, and waits for the end of what is being done. */
  async stop(): Promise<void> {
    this.#again = false;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#act();
    }
  }
}
