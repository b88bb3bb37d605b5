/** Turns what a child reports into what an observer sees. */
import type { Child, ChildWatcher } from '../executor/child.ts';
import type { Call } from '../syscalls/call.ts';
import type { Observer, Site } from './observer.ts';

/** One list, as far as it has been seen. */
interface Seen {
  /** Until it is known which process makes its calls, what is to be done waits here. */
  waiting: (() => Promise<void>)[] | undefined;
  pid: number;
  /** The call that has started and not come back; `leaving`, if it does not come back when it succeeds. */
  running: { readonly index: number; readonly site: Site; leaving: boolean } | undefined;
}

/**
 * Events are handed on one after the other: the next one waits until the
 * observer has done with the last, as with `--pause` at a prompt.
 */
export function watchList(observer: Observer): ChildWatcher {
  const results = new Map<Call, number>();
  const seen: Seen[] = [];
  let queue: Promise<void> = Promise.resolve();

  function listOf(child: Child, number: number): Seen {
    seen[number] ??= { waiting: number === 0 ? undefined : [], pid: child.pid, running: undefined };
    return seen[number];
  }

  function enqueue(list: Seen, task: () => Promise<void>): void {
    if (list.waiting) list.waiting.push(task);
    else queue = queue.then(task);
  }

  /** The process of a nested list is known when its clone has come back, or will never be. */
  function begin(child: Child, number: number): void {
    const list = listOf(child, number);
    const tasks = list.waiting ?? [];
    list.waiting = undefined;
    list.pid = child.pidOf(number) ?? 0;
    for (const task of tasks) enqueue(list, task);
  }

  function beginNested(child: Child, isCloned: (row: number) => boolean): void {
    child.lists.forEach(({ clonedBy }, number) => {
      if (clonedBy !== undefined && isCloned(clonedBy) && listOf(child, number).waiting) begin(child, number);
    });
  }

  return {
    isGated: (call) => observer.gates(call),

    onEvent(child, event, release) {
      const row = child.rows[event.index];
      if (!row) return;
      const { call } = row;
      const list = listOf(child, row.list);
      const outs = event.kind === 'finished' ? child.outsOf(event) : undefined;
      const site = (): Site => siteOf(child, row.list, list.pid, call, { results, outs });
      enqueue(list, async () => {
        if (event.kind === 'started') {
          list.running = { index: event.index, site: site(), leaving: false };
          await observer.before(list.running.site, event.at);
          if (observer.gates(call)) release();
        } else if (event.kind === 'leaving') {
          if (list.running) list.running.leaving = true;
        } else {
          list.running = undefined;
          results.set(call, event.result);
          await observer.after(site(), event.result, event.at);
        }
      });
      if (event.kind === 'finished') beginNested(child, (clone) => clone === event.index);
    },

    onListEnd(child, number, failed) {
      const list = listOf(child, number);
      const unseen = failed && child.rows[failed.index];
      const ended = new Promise<void>((resolve) => {
        enqueue(list, async () => {
          const now = process.hrtime.bigint();
          const { running } = list;
          list.running = undefined;
          if (running && running.index !== failed?.index) {
            await observer.after(running.site, running.leaving ? 0 : undefined, now);
          }
          // A filter can keep a process from telling of its last call.
          if (failed && unseen?.list === number && !results.has(unseen.call)) {
            await observer.after(siteOf(child, number, list.pid, unseen.call, { results }), failed.outcome, now);
          }
          resolve();
        });
      });
      beginNested(child, (clone) => child.rows[clone]?.list === number);
      return ended;
    },
  };
}

function siteOf(child: Child, list: number, pid: number, call: Call, known: Site['known']): Site {
  return { side: 'child', depth: depthOf(child, list), pid, call, known };
}

/** How many clones within a list have led to another. */
function depthOf(child: Child, list: number): number {
  const clonedBy = child.lists[list]?.clonedBy;
  const maker = clonedBy === undefined ? undefined : child.rows[clonedBy];
  return maker ? 1 + depthOf(child, maker.list) : 0;
}
