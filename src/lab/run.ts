/**
 * One run of a step: performs its calls, watches over its child, and undoes
 * what it did when it is over, however it ends.
 */
import { Child, type CloneOptions as ChildOptions } from '../executor/child.ts';
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
import { letGo } from '../leftovers/cgroups.ts';
import type { Leftover } from '../leftovers/leftover.ts';
import { remove } from '../leftovers/table.ts';
import type { Settings } from '../settings/settings.ts';
import { type Argument, type Call, isOut } from '../syscalls/call.ts';
import { cloneCall, wait4 } from '../syscalls/processes.ts';
import type { Cloned, CloneOptions, Lab } from './lab.ts';
import type { Observer, Site } from './observer.ts';
import { watchList } from './watch-list.ts';

export interface RunOptions {
  /** Who answers for what this run leaves: its name is the mark on all of it. */
  readonly owner: string;
  readonly settings: Settings;
  readonly rootless?: boolean;
  /** What the container becomes: the last calls of the child's list. */
  readonly program: readonly Call[];
  readonly observer?: Observer | undefined;
  /** Where narration goes; without it, and without an observer, a run is silent. */
  readonly say?: ((line: string) => void) | undefined;
  /** Put before the child's list when a step has no user namespace of its own. */
  readonly identity?: { readonly calls: readonly Call[]; readonly flags: number } | undefined;
  /** A last look at a child's list before it is cloned; tests make calls fail with it. */
  readonly revise?: ((list: readonly Call[]) => readonly Call[]) | undefined;
  readonly terminal?: number | undefined;
  /** Hears of the child as soon as there is one. */
  readonly onChild?: ((child: Child) => void) | undefined;
  readonly onStop?: (() => void) | undefined;
}

export class Run implements Lab {
  readonly owner: string;
  readonly settings: Settings;
  readonly rootless: boolean;
  readonly program: readonly Call[];
  readonly #options: RunOptions;
  readonly #undo: (() => void | Promise<void>)[] = [];
  readonly #children: Child[] = [];
  /** The cgroups that it has made. */
  readonly #cgroups: string[] = [];
  readonly #waits = new Waits();
  #ended: Promise<void> | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
    this.owner = options.owner;
    this.settings = options.settings;
    this.rootless = options.rootless ?? false;
    this.program = options.program;
  }

  async clone(
    list: readonly Call[],
    flags: number,
    { directory, copy, helper, lifetime }: CloneOptions = {},
  ): Promise<Child> {
    if (helper) return this.#clone(list, flags, { directory, copy, lifetime });
    const { identity, terminal, onStop, onChild, revise = (calls) => calls } = this.#options;
    const child = await this.#clone(revise([...(identity?.calls ?? []), ...list]), flags | (identity?.flags ?? 0), {
      terminal,
      onStop,
      directory,
      copy,
      lifetime,
    });
    onChild?.(child);
    return child;
  }

  async perform(list: readonly Call[]): Promise<Performed> {
    const { observer } = this.#options;
    return observer ? this.#performObserved(list, observer) : performPatiently(list, (fd) => this.#waits.input(fd));
  }

  /**
   * The run is to end: what waits in `perform` waits no longer, and what stands
   * still goes on. In cgroup v1 it could not even be killed.
   */
  cancelWaits(): void {
    this.#waits.cancel();
    this.#cgroups.forEach(letGo);
  }

  async wait(cloned: Cloned): Promise<End> {
    const { observer } = this.#options;
    const child = this.#children.find((known) => known === cloned);
    if (!child) throw new TypeError('lab.wait takes a child of this run: what `await lab.clone(…)` gave.');
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

  async tell(line: () => string | Promise<string>): Promise<void> {
    const say = this.#options.observer?.say.bind(this.#options.observer) ?? this.#options.say;
    if (say) say(await line());
  }

  leaves(leftover: Leftover): void {
    if (leftover.kind === 'cgroup') this.#cgroups.push(leftover.directory);
    this.#undo.push(async () => {
      await remove(leftover);
    });
  }

  onEnd(undo: () => void | Promise<void>): void {
    this.#undo.push(undo);
  }

  /** Ends the children that live and undoes what is left to undo: once, however often it is called. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.cancelWaits();
    for (const child of this.#children) if (child.lifetime === 'parent') await child.destroy();
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

  async #clone(list: readonly Call[], flags: number, options: ChildOptions): Promise<Child> {
    const { observer } = this.#options;
    const site = this.#site(cloneCall(flags));
    await observer?.before(site, process.hrtime.bigint());
    const child = new Child(list, flags, { ...options, watcher: observer && watchList(observer) });
    this.#children.push(child);
    await observer?.after(site, child.pid, child.clonedAt);
    return child;
  }
}
