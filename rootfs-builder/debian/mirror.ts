/** Finding out what is wrong with a mirror, once something is. */
import { existsSync } from 'node:fs';
import { usesProxy } from '../run-program.ts';

const TIMEOUT_MS = 15_000;

/**
 * Says in one line why a suite cannot be had from a mirror, or undefined if the
 * mirror seems to be in order or cannot be asked from here. The engines say
 * only that it failed.
 */
export async function mirrorProblem(mirror: string, suite: string): Promise<string | undefined> {
  const release = `${mirror.replace(/\/+$/, '')}/dists/${suite}/Release`;
  if (mirror.startsWith('file:')) {
    return existsSync(new URL(release))
      ? undefined
      : `There is no ${release}. Is the mirror, or the suite, another one?`;
  }
  if (usesProxy()) return undefined;
  try {
    const { ok, status, statusText } = await fetch(release, {
      method: 'HEAD',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (ok) return undefined;
    return `The mirror answers ${status} ${statusText} for ${release}. Is the mirror, or the suite, another one?`;
  } catch (error) {
    return `The mirror ${mirror} cannot be reached: ${reasonOf(error)}.`;
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return cause instanceof Error && cause.message ? cause.message : String(error);
}
