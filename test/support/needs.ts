/** Tests that need something of the machine: they run, or say why they can't. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Test } from 'uvu';
import { lab, top } from './lab.ts';

/** Why a need is not met, or undefined if it is. */
export type Need = () => string | undefined;

export const root: Need = () => (process.geteuid?.() === 0 ? undefined : 'needs root');

/**
 * Registers a test that needs something. With KERNEL_TESTS=required a need that
 * is not met is a failure.
 */
export function testWith(test: Test, needs: readonly Need[], name: string, body: () => Promise<void> | void): void {
  const missing = needs.map((need) => need()).filter((reason) => reason !== undefined);
  if (missing.length === 0) {
    test(name, async () => {
      await body();
    });
  } else if (process.env.KERNEL_TESTS === 'required') {
    test(name, () => {
      throw new Error(`KERNEL_TESTS=required, but this test ${missing.join(' and ')}.`);
    });
  } else {
    console.log(`skipped: ${name}: ${missing.join(', ')}`);
    test.skip(name, () => {});
  }
}

/** A program that the test itself runs. */
export function program(name: string): Need {
  const found = (process.env.PATH ?? '').split(':').some((directory) => existsSync(`${directory}/${name}`));
  return () => (found ? undefined : `needs the program ${name}`);
}

/** That another user can run the kit: no folder on the way to it is closed to them, as root's home is. */
export const otherUsers: Need = () => {
  for (let folder = top; folder !== dirname(folder); folder = dirname(folder)) {
    const isClosed = (statSync(folder).mode & 0o001) === 0;
    if (isClosed) return `needs a kit that other users can reach, and ${folder} is closed to them`;
  }
  return undefined;
};

type Verdict = { readonly ok: boolean; readonly cause?: string };
let verdicts: readonly { readonly asRoot: Verdict; readonly rootless: Verdict }[] | undefined;

/** That `npm run doctor` finds nothing in the way of a step, as root or rootless; test/run.ts asks it once for all files. */
export function canRun(step: number, who: 'asRoot' | 'rootless' = 'asRoot'): Need {
  return () => {
    if (root()) return root();
    const closed = who === 'rootless' ? otherUsers() : undefined;
    if (closed) return closed;
    verdicts ??= JSON.parse(process.env.TEST_DOCTOR || lab(['doctor', '--json']).stdout).steps as typeof verdicts;
    const verdict = verdicts?.[step]?.[who];
    return verdict?.ok ? undefined : `needs a machine that can run step ${step} ${who}: ${verdict?.cause ?? 'unknown'}`;
  };
}
