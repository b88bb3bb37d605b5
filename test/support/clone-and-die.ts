/**
 * A parent that dies as soon as it has a child: `clone-and-die.ts KIND COPY MS`
 * prints the child's pid, waits so many milliseconds, and kills itself. Where the
 * list clones processes, theirs are printed, too.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../src/executor/child.ts';
import { perform } from '../../src/executor/perform.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { pipe2, read } from '../../src/syscalls/files.ts';
import { CLONE_PARENT } from '../../src/syscalls/flags.ts';
import { setGroup, setUser } from '../../src/syscalls/identity.ts';
import { cloneCall, execve, handOver, waitForSignal } from '../../src/syscalls/processes.ts';

const [kind = '', copy, delay] = process.argv.slice(2);
const sleeper = execve('/bin/sleep', ['sleep', '1000'], []);

/** What the child is doing when its parent dies. */
const LISTS: Record<string, () => Call[]> = {
  waits: () => [waitForSignal()],
  reads: () => {
    const [ends] = [...perform([pipe2()]).outs.values()];
    return [read(ends?.readInt32LE(0) ?? -1, { size: 1, text: String })];
  },
  runs: () => [sleeper],
  // A change of user id takes the death signal away.
  'runs as another user': () => [setGroup(12345), setUser(12345), sleeper],
  'has handed over': () => [handOver(), waitForSignal()],
  'runs after it has handed over': () => [handOver(), setGroup(12345), setUser(12345), sleeper],
  'has children': () => [
    cloneCall(0, [waitForSignal()]),
    cloneCall(CLONE_PARENT, [waitForSignal()]),
    cloneCall(0, [sleeper]),
    handOver(),
    cloneCall(0, [waitForSignal()]),
    cloneCall(CLONE_PARENT, [sleeper]),
    waitForSignal(),
  ],
};

const list = LISTS[kind]?.() ?? [];
const child = new Child(list, 0, { copy: copy === 'true' });
const pids = () => child.lists.map((_, list) => child.pidOf(list));
const start = performance.now();
// A parent that dies at once knows of none but the child.
if (Number(delay) > 0)
  while (pids().some((pid) => pid === undefined) && performance.now() - start < 10_000) await sleep(1);
writeSync(1, `${(Number(delay) > 0 ? pids() : [child.pid]).join(' ')}\n`);
if (Number(delay) > 0) await sleep(Number(delay));
process.kill(process.pid, 'SIGKILL');
