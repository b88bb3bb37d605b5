/**
 * A creator whose child waits at a fifo: `walker-creator.ts KIND END FIFO FILE`
 * prints the child's pid once it waits, and then comes to its end.
 *
 * KIND: `walker`, a child with a lifetime of its own; `late`, the same, but it
 * hands over in the middle of its list; `watched`, with a trace; `shares`, one
 * that uses this process's memory, as most do. END: `exit`, `natural`, when
 * there is nothing left to do, `killed`, or `stays`. The memory holds a secret,
 * the text in SECRET after a letter. Let go, the child writes into FILE.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type CloneOptions } from '../../src/executor/child.ts';
import { watchList } from '../../src/lab/watch-list.ts';
import { atLeast } from '../../src/syscalls/call.ts';
import { awaitInput } from '../../src/syscalls/descriptors.ts';
import { openat, read, write } from '../../src/syscalls/files.ts';
import { O_CREAT, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../../src/syscalls/flags.ts';
import { exit, handOver } from '../../src/syscalls/processes.ts';
import { traceObserver } from '../../src/trace/observer.ts';
import { textPrinter } from '../../src/trace/text.ts';
import { until } from './kernel-test.ts';
import { read as readText } from './lab.ts';

const [kind = '', end = '', fifo = '', path = ''] = process.argv.slice(2);
const secret = Buffer.from(`s${process.env.SECRET}`.repeat(100));

const waiting = openat(fifo, O_RDONLY | O_NONBLOCK);
const file = openat(path, O_WRONLY | O_CREAT, 0o600);
const list = [
  waiting,
  ...(kind === 'late' ? [handOver()] : []),
  awaitInput(waiting),
  atLeast(1, 'The fifo ended.', read(waiting, { size: 1, text: String })),
  file,
  write(file, 'let go'),
  exit(0),
];
const options: CloneOptions = {
  lifetime: kind === 'shares' ? 'parent' : 'own',
  ...(kind === 'watched' && {
    watcher: watchList(traceObserver(textPrinter((line) => writeSync(2, `${line}\n`), 0))),
  }),
};
const child = new Child(list, 0, options);
await child.handedOver;
await until('the child to wait', () => /poll/.test(readText(`/proc/${child.pid}/wchan`)));
// What the trace has to say by now is to be said.
if (kind === 'watched') await sleep(50);
writeSync(1, `${child.pid}\n`);
if (end === 'killed') process.kill(process.pid, 'SIGKILL');
if (end === 'exit') process.exit(secret.length > 0 ? 0 : 1);
if (end === 'stays') setInterval(() => secret.length, 1000);
