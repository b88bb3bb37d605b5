/**
 * Looking into a namespace of a submission. A process of ours enters it, makes a
 * few system calls and ends; it executes nothing there. A user namespace has
 * handlers of its own for programs (binfmt_misc, since Linux 6.7): who executes
 * a program in it executes what its root wants, with the rights of whoever
 * entered.
 */
import { Child } from '../executor/child.ts';
import { CallFailure } from '../executor/failure.ts';
import { flagsOf, type NamespaceKind } from '../proc/namespaces.ts';
import { entersUserFirst } from '../proc/nsenter.ts';
import { type Call, outsOf } from '../syscalls/call.ts';
import { openat } from '../syscalls/files.ts';
import { CLONE_NEWUSER, O_RDONLY } from '../syscalls/flags.ts';
import { setns, userNamespaceOf } from '../syscalls/namespaces.ts';
import { handOver } from '../syscalls/processes.ts';
import { type Process, ProcessGone } from './process.ts';

const SIGKILL = 9;

/** The grader may not look: that is this machine's doing. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook';
}

/** What came of the calls. */
export interface Inside {
  /** A result, or -errno; undefined for a call that was not made. */
  result(call: Call): number | undefined;
  /** What a call has read, as many bytes as its result says. */
  bytes(call: Call): Buffer;
  /** The call that failed, if one did. */
  readonly failure: CallFailure | undefined;
}

/**
 * Makes calls in a namespace of a process, until all are made or `isEnough` says
 * of what a call has read that the rest need not be.
 * @throws ProcessGone if there is no such process any more, CannotLook if its namespace cannot be entered
 */
export async function lookInto(
  of: Process,
  kind: NamespaceKind,
  calls: readonly Call[],
  isEnough: (bytes: Buffer) => boolean = () => false,
): Promise<Inside> {
  const namespace = openat(`/proc/${of.pid}/ns/${kind}`, O_RDONLY);
  const owner = userNamespaceOf(namespace);
  const way = entersUserFirst() ? [owner, setns(owner, CLONE_NEWUSER)] : [];
  // In memory of its own: nothing of the grader's is where somebody else has rights.
  const entry = [namespace, handOver(), ...way, setns(namespace, flagsOf([kind]))];
  const results = new Map<Call, number>();
  const answers = new Map<Call, Buffer>();
  const child = new Child([...entry, ...calls], 0, {
    watcher: {
      isGated: () => false,
      onEvent: (from, event) => {
        const call = from.rows[event.index]?.call;
        if (!call || event.kind !== 'finished') return;
        results.set(call, event.result);
        const [bytes] = outsOf(call).map((out) => from.outsOf(event).get(out));
        if (!bytes) return;
        const answer = bytes.subarray(0, Math.max(0, event.result));
        answers.set(call, answer);
        if (isEnough(answer)) from.signal(SIGKILL);
      },
      onListEnd: async () => {},
    },
  });
  const failure = await endOf(child);
  if (failure && entry.includes(failure.failed.call)) {
    of.namespace(kind); // Throws if it has ended.
    if (failure.errno === 'ENOENT' || failure.errno === 'ESRCH') throw new ProcessGone(`process ${of.pid} has ended`);
    throw new CannotLook(`The grader may not look into a namespace: ${failure.message}`);
  }
  return {
    failure,
    result: (call) => results.get(call),
    bytes: (call) => answers.get(call) ?? Buffer.alloc(0),
  };
}

async function endOf(child: Child): Promise<CallFailure | undefined> {
  try {
    await child.wait();
    return undefined;
  } catch (error) {
    if (error instanceof CallFailure) return error;
    throw error;
  } finally {
    await child.destroy();
  }
}
