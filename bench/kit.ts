/** The kit as a contender: orders to kit-worker.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contest.ts';
import type { Answer, Order } from './kit-worker.ts';

const part = join(dirname(fileURLToPath(import.meta.url)), '../bin/part.cjs');

export class Kit {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor() {
    this.#process = spawn(process.execPath, [part, 'bench/kit-worker.ts', 'serve'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
    });
    this.#ended = once(this.#process, 'exit');
  }

  /** Makes `count` containers a turn, and one before that does not count. */
  contender(name: string, step: number, count: number, changes: Pick<Order, 'settings' | 'rootless'> = {}): Contender {
    return { name, measure: async () => (await this.#ask({ ...changes, step, count: count + 1 })).slice(1) };
  }

  async #ask(order: Order): Promise<readonly number[]> {
    const answered = once(this.#process, 'message').then(([answer]) => answer as Answer);
    this.#process.send(order);
    const ended = this.#ended.then((): Answer => ({ problem: 'The process that runs the kit has ended.' }));
    const answer = await Promise.race([answered, ended]);
    if ('problem' in answer) throw new Error(answer.problem);
    return answer.nanoseconds;
  }

  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }
}
