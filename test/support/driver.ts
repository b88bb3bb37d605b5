/** test/native/driver.c: the executor without Node, for strace and for the sanitizers. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '../../src/executor/encode.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { top } from './lab.ts';
import type { Need } from './needs.ts';
import { patience } from './patience.ts';

const TIMEOUT_MS = 60_000;
const compiler = process.env.CC ?? 'cc';
const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-g', '-Wall', '-Wextra', '-Werror', '-pthread', '-Wl,--wrap=mmap'];

export class Driver {
  readonly folder = mkdtempSync(join(tmpdir(), 'lab-driver-'));
  readonly #binary = join(this.folder, 'driver');
  #programs = 0;

  constructor(flags: readonly string[] = []) {
    const native = join(top, 'native');
    const sources = readdirSync(native).filter((name) => name.endsWith('.c'));
    const { status, stderr } = spawnSync(
      compiler,
      [
        ...FLAGS,
        ...flags,
        `-I${native}`,
        '-o',
        this.#binary,
        join(top, 'test/native/driver.c'),
        ...sources.map((name) => join(native, name)),
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`driver.c did not compile:\n${stderr}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Packs a list into a file. */
  pack(list: readonly Call[], isGated?: (call: Call) => boolean): string {
    this.#programs += 1;
    const path = join(this.folder, `program-${this.#programs}`);
    writeFileSync(path, encode(list, { isGated }).block);
    return path;
  }

  command(...words: string[]): string[] {
    return [this.#binary, ...words];
  }

  run(...words: string[]): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(this.#binary, words, {
      encoding: 'utf8',
      timeout: patience(TIMEOUT_MS),
      env: {
        ...process.env,
        // A child that shares memory runs on a stack that the sanitizer has not made.
        ASAN_OPTIONS: 'detect_stack_use_after_return=0:abort_on_error=0:exitcode=99',
        UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:exitcode=98',
      },
    });
    return { status, stdout, stderr };
  }
}

/** Whether the compiler can build and run a program with the sanitizers, leak check included. */
export const sanitizers: Need = () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-sanitizers-'));
  try {
    const program = join(folder, 'program');
    const built = spawnSync(compiler, ['-fsanitize=address,undefined', '-x', 'c', '-', '-o', program], {
      input: 'int main(void) { return 0; }',
      encoding: 'utf8',
    });
    if (built.status !== 0) return `needs a compiler with the sanitizers (${compiler}; libasan)`;
    const { status, stderr } = spawnSync(program, { encoding: 'utf8', timeout: patience(TIMEOUT_MS) });
    return status === 0 ? undefined : `needs a machine where the sanitizers run: ${stderr.split('\n')[0]}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
