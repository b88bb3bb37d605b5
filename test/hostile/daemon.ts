/** Leaves a daemon, forked twice, in a session of its own. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `setsid sh -c 'trap "" TERM HUP INT; (sleep 1000; touch /tmp/alive) & (while :; do sleep 1; done) &' </dev/null >/dev/null 2>&1 &`;
