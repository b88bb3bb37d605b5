/** Many runs of the kit side by side. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { launcher, top } from './lab.ts';
import { patience } from './patience.ts';

/** Runs that may be going on at once: more than there are CPUs, so that they get in each other's way. */
const SIDE_BY_SIDE = 4;

/** Does something `count` times, several at once; gives what each came to. */
export async function many<T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let index = next++; index < count; index = next++) results[index] = await act(index);
    }),
  );
  return results;
}

export interface Running {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** What it has written to both of its streams. */
  readonly said: () => string;
}

/** Starts the kit itself, without npm. */
export function start(words: readonly string[]): Running {
  const process_ = spawn(process.execPath, [launcher, ...words], { cwd: top, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const keep = (bytes: Buffer) => {
    output += bytes;
  };
  process_.stdout.on('data', keep);
  process_.stderr.on('data', keep);
  process_.stdin.on('error', () => {}); // it ended before it had read all
  const ended = new Promise<number | string>((resolve) => {
    process_.once('exit', (status, signal) => resolve(signal ?? status ?? -1));
  });
  return { process: process_, pid: process_.pid ?? 0, ended, said: () => output };
}

/** Waits until `condition` holds; whether it came to that. */
export async function eventually(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  for (const end = Date.now() + patience(timeoutMs); Date.now() < end; await sleep(20)) if (condition()) return true;
  return condition();
}
