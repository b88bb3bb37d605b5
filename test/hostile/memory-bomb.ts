/** Takes all the memory there is. */
import { spawn } from 'node:child_process';

export async function run(): Promise<never> {
  spawn('sh', ['-c', 'for i in 1 2 3 4; do tail /dev/zero & done; wait'], { stdio: 'ignore' });
  const kept: Buffer[] = [];
  for (;;) kept.push(Buffer.alloc(2 ** 24, 1));
}
