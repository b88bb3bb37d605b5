/** Tests that make real containers: bounded in time, and the host is afterwards as it was before. */
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { type HostState, hostState } from './lab.ts';
import { type Need, testWith } from './needs.ts';
import { patience } from './patience.ts';

const LIMIT_MS = 50_000;

let endings: (() => unknown)[] = [];

/** Notes what the running test must do when it is over, however it ends. Last in, first out. */
export function onTestEnd(ending: () => unknown): void {
  endings.push(ending);
}

export function kernelTest(
  test: Test,
  needs: readonly Need[],
  name: string,
  body: () => Promise<unknown> | unknown,
): void {
  testWith(test, needs, name, async () => {
    const before = hostState();
    try {
      await within(LIMIT_MS, name, async () => body());
    } finally {
      for (const ending of endings.reverse()) await ending();
      endings = [];
    }
    assert.equal(...differences(before, hostState()), 'the host is not as it was before');
  });
}

/** Only what differs, and in lines, so that it can be read. */
function differences(before: HostState, after: HostState): [now: object, was: object] {
  const changed = (Object.keys(before) as (keyof HostState)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const pick = (state: HostState) =>
    Object.fromEntries(changed.map((key) => [key, [state[key]].flat().join('\n').split('\n')]));
  return [pick(after), pick(before)];
}

/** A directory that goes away with the test. */
export function temporaryDirectory(owner = 0, parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'kernel-test-'));
  onTestEnd(() => rmSync(directory, { recursive: true, force: true }));
  if (owner !== 0) chownSync(directory, owner, owner);
  return directory;
}

/** Waits until `condition` gives something. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  timeoutMs = 10_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + patience(timeoutMs);
  for (;;) {
    const found = await condition();
    if (found) return found as NonNullable<Exclude<T, false>>;
    if (Date.now() > deadline) throw new Error(`waited ${patience(timeoutMs)} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Gives what `act` gives, or fails when it takes too long. */
export async function within<T>(timeoutMs: number, what: string, act: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const limitMs = patience(timeoutMs);
    timer = setTimeout(() => reject(new Error(`no end within ${limitMs} ms: ${what}`)), limitMs);
  });
  try {
    return await Promise.race([act(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
