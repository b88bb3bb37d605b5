/**
 * One run of a step: performs its calls, watches over its child, and undoes
 * what it did when it is over, however it ends.
 */
import { Child, type CloneOptions } from '../executor/child.ts';
import {
  attemptPatiently,
  closeOpened,
  failureOf,
  type Performed,
  performPatiently,
  withResults,
} from '../executor/perform.ts';
import { type End, statusBytes } from '../executor/reaper.ts';
import { Waits } from '../executor/waits.ts';
import { type Argument, type Call, isOut } from '../syscalls/call.ts';
import { cloneCall, wait4 } from '../syscalls/processes.ts';
import type { Observer, Site } from './observer.ts';
import { newOwnerName } from './owner.ts';
import type { Settings } from './settings.ts';
import { watchList } from './watch-list.ts';

export interface LabOptions {
  readonly settings: Settings;
  /** What the container becomes, marked as its owner's: the last calls of the child's list. */
  readonly program: (owner: string) => readonly Call[];
  readonly observer?: Observer;
  /** Where narration goes; without it, and without an observer, a run is silent. */
  readonly say?: (line: string) => void;
  /** Put before the child's list when a step has no user namespace of its own. */
  readonly identity?: { readonly calls: readonly Call[]; readonly flags: number };
  /** A last look at a child's list before it is cloned; tests make calls fail with it. */
  readonly revise?: (list: readonly Call[]) => readonly Call[];
  readonly terminal?: CloneOptions['terminal'];
  /** Hears of the child as soon as there is one. */
  readonly onChild?: (child: Child) => void;
  readonly onStop?: () => void;
}

export class Lab {
  readonly owner = newOwnerName();
  readonly settings: Settings;
  /** What the container becomes: the last calls of the child's list. */
  program: readonly Call[];
  #directory: number | undefined;
  readonly #options: LabOptions;
  readonly #undo: (() => void | Promise<void>)[] = [];
  readonly #waits = new Waits();
  readonly #children: Child[] = [];

  constructor(options: LabOptions) {
    this.#options = options;
    this.settings = options.settings;
    this.program = options.program(this.owner);
  }

  /**
   * Clones the container: a child that walks `list`, in new namespaces as
   * `flags` say, at the terminal if there is one, in an open `directory` or
   * where this process is. A child with a lifetime of its own is not ended with
   * this run.
   * @throws CallFailure when the kernel refuses the clone.
   */
  async clone(
    list: readonly Call[],
    flags: number,
    { directory = this.#directory, lifetime }: Pick<CloneOptions, 'directory' | 'lifetime'> = {},
  ): Promise<Child> {
    const { identity, terminal, onStop, onChild, revise = (calls) => calls } = this.#options;
    const child = await this.#clone(revise([...(identity?.calls ?? []), ...list]), flags | (identity?.flags ?? 0), {
      terminal,
      onStop,
      directory,
      lifetime,
    });
    onChild?.(child);
    return child;
  }

  /** Has the child begin in an open directory, and make some calls before it becomes the program. */
  beginIn(directory: number, calls: readonly Call[]): void {
    this.#directory = directory;
    this.program = [...calls, ...this.program];
  }

  /** Clones a child that helps with the preparations. */
  async cloneHelper(list: readonly Call[], flags: number): Promise<Child> {
    return this.#clone(list, flags, {});
  }

  /**
   * Makes the calls of a list in this process, the parent. While one of them
   * waits for something to read, the rest of this process goes on.
   * @throws CallFailure at the first call that fails, WaitCancelled if the run
   * ends meanwhile.
   */
  async perform(list: readonly Call[]): Promise<Performed> {
    const { observer } = this.#options;
    return observer ? this.#performObserved(list, observer) : performPatiently(list, (fd) => this.#waits.input(fd));
  }

  /** The run is to end: what waits in `perform` stops to wait. */
  cancelWaits(): void {
    this.#waits.cancel();
  }

  /** Waits for a child's end. @throws CallFailure if a call of its list failed. */
  async wait(child: Child): Promise<End> {
    const { observer } = this.#options;
    const call = wait4(child.pid, 0);
    await observer?.before(this.#site(call), process.hrtime.bigint());
    const end = await child.wait();
    const outs = new Map(
      call.args.filter((argument) => argument !== null && isOut(argument)).map((out) => [out, statusBytes(end)]),
    );
    await observer?.after({ ...this.#site(call), known: { outs } }, child.pid, process.hrtime.bigint());
    return end;
  }

  /**
   * Why the parent failed: a child that fails before it is released leaves the
   * parent with a broken pipe, or with a process that is gone. Ends the children.
   */
  async causeOf(error: unknown): Promise<unknown> {
    for (const child of this.#children) {
      await child.destroy();
      if (child.failure) return child.failure;
    }
    return error;
  }

  /** Tells the learner something; costs nothing when nobody listens. */
  async tell(line: () => string | Promise<string>): Promise<void> {
    const say = this.#options.observer?.say.bind(this.#options.observer) ?? this.#options.say;
    if (say) say(await line());
  }

  /** Notes how to take back something that would outlive the run. Last in, first out. */
  onEnd(undo: () => void | Promise<void>): void {
    this.#undo.push(undo);
  }

  /** Ends the children that live and undoes what is left to undo. */
  async end(): Promise<void> {
    this.cancelWaits();
    for (const child of this.#children) await child.destroy();
    const problems: unknown[] = [];
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        problems.push(error);
      }
    }
    await this.#options.observer?.end();
    if (problems.length > 0) {
      const causes = problems.map((problem) => (problem instanceof Error ? problem.message : String(problem)));
      throw new AggregateError(problems, `Not all could be cleaned up; try npm run clean.\n${causes.join('\n')}`);
    }
  }

  async #performObserved(list: readonly Call[], observer: Observer): Promise<Performed> {
    const results = new Map<Call, number>();
    const outs = new Map<Argument, Buffer>();
    try {
      for (const [index, call] of list.entries()) {
        const site = this.#site(call, results);
        await observer.before(site, process.hrtime.bigint());
        const made = await attemptPatiently(withResults(call, results), (fd) => this.#waits.input(fd));
        const failure = failureOf(list, index, made.result, made.outs);
        if (!failure) results.set(call, made.result);
        for (const [out, bytes] of made.outs) outs.set(out, bytes);
        await observer.after({ ...site, known: { results, outs: made.outs } }, made.result, process.hrtime.bigint());
        if (failure) throw failure;
      }
    } catch (error) {
      closeOpened(results);
      throw error;
    }
    return { results: [...results.values()], outs };
  }

  #site(call: Call, results?: ReadonlyMap<Call, number>): Site {
    return { side: 'parent', depth: 0, pid: process.pid, call, known: { results } };
  }

  async #clone(list: readonly Call[], flags: number, options: CloneOptions): Promise<Child> {
    const { observer } = this.#options;
    const site = this.#site(cloneCall(flags));
    await observer?.before(site, process.hrtime.bigint());
    const child = new Child(list, flags, { ...options, watcher: observer && watchList(observer) });
    if (options.lifetime !== 'own') this.#children.push(child);
    await observer?.after(site, child.pid, child.clonedAt);
    return child;
  }
}
