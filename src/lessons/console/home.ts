/** A home directory for the time of one block. */
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unmountBelow } from './leftovers.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Takes the directory away afterwards, also when Ctrl-C ends us in between. */
export async function withHome<T>(uid: number | undefined, body: (home: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'lessons-'));
  const remove = () => {
    unmountBelow(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  const stop = (signal: (typeof SIGNALS)[number]) => process.exit(128 + constants.signals[signal]);
  process.once('exit', remove);
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    if (uid !== undefined) chownSync(home, uid, uid);
    return await body(home);
  } finally {
    process.off('exit', remove);
    for (const signal of SIGNALS) process.off(signal, stop);
    remove();
  }
}
