/**
 * A child of a process in which close_range(2) does not work: `old-kernel.ts ERRNO`
 * tells which descriptors its program has. With `no-proc`, /proc/self/fd cannot be
 * listed either.
 */
import { Child } from '../../src/executor/child.ts';
import { attempt, perform } from '../../src/executor/perform.ts';
import { dup3, openat } from '../../src/syscalls/files.ts';
import { O_RDONLY } from '../../src/syscalls/flags.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { refusing } from './filter.ts';

const [refused] = process.argv.slice(2);
const script =
  'for fd in 200 201 1; do if [ -e /proc/self/fd/$fd ]; then echo "$fd open"; else echo "$fd closed"; fi; done';

// dup3 makes descriptors that are not closed on exec.
for (const fd of [200, 201]) attempt(dup3(perform([openat('/dev/null', O_RDONLY)]).results[0] ?? -1, fd));
perform(refused === 'EINVAL' ? refusing(['close_range'], 'EINVAL') : refusing(['close_range'], 'ENOSYS'));
if (refused === 'no-proc') perform(refusing(['getdents64']));
await new Child([execve('/bin/sh', ['sh', '-c', script], [])], 0, {}).wait();
