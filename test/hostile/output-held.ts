/** Ends, and leaves a child behind that keeps the output open. */
import { spawn } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawn('sh', ['-c', 'trap "" TERM HUP; sleep 1000'], { stdio: 'inherit', detached: true }).unref();
  return { status: 0 };
}
