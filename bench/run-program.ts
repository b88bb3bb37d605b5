/** Running a program that reports figures on descriptor 3. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const TIMEOUT_MS = 60_000;

/**
 * Returns the figures, one a line.
 * @throws Error with the last line that the program wrote to standard error.
 */
export function runProgram(program: string, words: readonly string[], surroundings: Surroundings): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      ...surroundings,
      // No /dev/null: crun gives its standard streams to the root of the container.
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin?.end();
    child.stdout?.resume();
    const figures = collect(child.stdio[3] as Readable);
    const errors = collect(child.stderr as Readable);
    const timer = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), TIMEOUT_MS);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve(figures.text().trim().split('\n').map(Number));
      else reject(new Error(errors.text().trim().split('\n').at(-1) || `ended with ${status ?? signal}`));
    });
  });
}

function collect(stream: Readable): { text(): string } {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { text: () => Buffer.concat(chunks).toString() };
}
