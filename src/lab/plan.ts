/** A run that makes no system call: it writes down, as text, what a step asks for. */
import { listTexts, requestText } from '../executor/text.ts';
import type { Settings } from '../settings/settings.ts';
import type { Call } from '../syscalls/call.ts';
import { cloneCall, wait4 } from '../syscalls/processes.ts';
import type { Cloned, CloneOptions, Lab } from './lab.ts';
import { Pretence } from './pretend.ts';
import type { RunOptions } from './run.ts';

const FIRST_FD = 3;
const FIRST_PID = 1000;

export class Plan implements Lab {
  readonly owner: string;
  readonly settings: Settings;
  readonly rootless: boolean;
  readonly program: readonly Call[];
  /** A call each: the parent's at the margin, the child's further in. */
  readonly lines: string[] = [];
  readonly #identity: RunOptions['identity'];
  readonly #pretence = new Pretence(FIRST_FD);
  #pids = FIRST_PID;

  constructor(options: Pick<RunOptions, 'owner' | 'settings' | 'rootless' | 'program' | 'identity'>) {
    this.owner = options.owner;
    this.settings = options.settings;
    this.rootless = options.rootless ?? false;
    this.program = options.program;
    this.#identity = options.identity;
  }

  async perform(list: readonly Call[]) {
    const { known: results, outs } = this.#pretence.perform(list);
    this.lines.push(...listTexts(list, { results, outs }));
    return { results: [...results.values()], outs };
  }

  async clone(list: readonly Call[], flags: number, { directory, helper }: CloneOptions = {}): Promise<Cloned> {
    const { calls = [], flags: added = 0 } = (helper ? undefined : this.#identity) ?? {};
    const whole = [...calls, ...list];
    const from = directory === undefined ? '' : ` in ${directory}`;
    this.lines.push(`${requestText(cloneCall(flags | added))}${from}`);
    const { known: results } = this.#pretence.perform(whole);
    this.lines.push(...listTexts(whole, { results }).map((line) => `  ${line}`));
    return { pid: this.#pids++, destroy: async () => {} };
  }

  async wait({ pid }: Cloned) {
    this.lines.push(requestText(wait4(pid, 0)));
    return { status: 0 };
  }

  async tell(): Promise<void> {}

  leaves(): void {}

  onEnd(): void {}
}
