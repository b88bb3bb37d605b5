/**
 * Learning what became of our children.
 *
 * libuv waits only for children that it started itself, so the executor's are
 * ours to collect: at every SIGCHLD each one that somebody waits for is asked,
 * without blocking.
 */

import { W } from '../syscalls/flags.ts';
import { wait4 } from '../syscalls/processes.ts';
import { CallFailure } from './failure.ts';
import { awaitEnd } from './native.ts';
import { attempt } from './perform.ts';

/** How a child ended: a status, or the signal that killed it. */
export type End = { readonly status: number } | { readonly signal: number };

export interface Watch {
  readonly ended: (end: End) => void;
  /** It is no child of ours, or somebody else has waited for it. */
  readonly lost: (failure: CallFailure) => void;
  readonly stopped: () => void;
}

// SIGCHLD handlers do not keep Node alive, and signals can be merged.
const INSURANCE_MS = 500;
// Less than anyone notices, more than a short-lived program takes.
const BRIEF_MS = 5;

const watches = new Map<number, Watch>();
let insurance: NodeJS.Timeout | undefined;

/** Calls back once when a child has ended, and each time it is stopped. */
export function watchChild(pid: number, watch: Watch): void {
  watches.set(pid, watch);
  if (watches.size === 1) {
    process.on('SIGCHLD', collectAll);
    insurance = setInterval(collectAll, INSURANCE_MS);
  }
  collect(pid, watch);
}

/**
 * Waits for a child in the kernel, for a moment in which nothing else of Node
 * runs: the way of SIGCHLD through the event loop takes longer than a
 * short-lived program. Undefined if it has not ended by then.
 */
export function waitBriefly(pid: number): End | undefined {
  const status = awaitEnd(pid, BRIEF_MS);
  return status >= 0 ? endOf(status) : undefined;
}

function collectAll(): void {
  for (const [pid, watch] of watches) collect(pid, watch);
}

function collect(pid: number, watch: Watch): void {
  const call = wait4(pid, W.WNOHANG | W.WUNTRACED);
  const { result, outs } = attempt(call);
  if (result === 0) return;
  const status = [...outs.values()][0]?.readInt32LE(0) ?? 0;
  if (result > 0 && (status & 0xff) === 0x7f) {
    watch.stopped();
    return;
  }
  forget(pid);
  if (result > 0) watch.ended(endOf(status));
  else watch.lost(new CallFailure({ side: 'parent', call, index: 0, total: 1, result }));
}

function forget(pid: number): void {
  watches.delete(pid);
  if (watches.size > 0) return;
  process.off('SIGCHLD', collectAll);
  clearInterval(insurance);
}

/** An end as wait4(2) reports it. */
export function statusBytes(end: End): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE('status' in end ? end.status << 8 : end.signal);
  return bytes;
}

/** Decodes a wait status: wait(2), WIFEXITED and WIFSIGNALED. */
export function endOf(status: number): End {
  const signal = status & 0x7f;
  return signal === 0 ? { status: (status >> 8) & 0xff } : { signal };
}
