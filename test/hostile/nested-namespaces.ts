/** Hides in PID namespaces below its own, and does not obey SIGTERM. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `unshare --pid --fork --mount-proc sh -c 'trap "" TERM HUP INT; unshare --user --map-root-user --pid --fork sh -c "trap \\"\\" TERM; sleep 1000" & sleep 1000' & sleep 1`;
