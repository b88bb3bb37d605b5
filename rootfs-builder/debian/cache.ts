/** Finished bootstraps, kept as archives to build from again. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makePlace } from '../build.ts';
import { pack } from '../pack.ts';
import { bootstrapPlace } from '../place.ts';
import type { Engine } from './engine.ts';
import { VARYING } from './varying.ts';

/** All that a bootstrap depends on, besides the day. */
export interface Bootstrap {
  readonly engine: Engine;
  readonly suite: string;
  readonly mirror: string;
  readonly packages: readonly string[];
}

const HASH_LENGTH = 10;

/** The file that holds such a bootstrap, with its date, if it was made before. */
export function cachedArchive(wanted: Bootstrap): { path: string; date: Date } | undefined {
  const path = archivePath(wanted);
  return existsSync(path) ? { path, date: statSync(path).mtime } : undefined;
}

/** Keeps a bootstrap without what differs from one to the next. Gives the archive's path. */
export async function keepArchive(wanted: Bootstrap, directory: string, signal: AbortSignal): Promise<string> {
  await makePlace(bootstrapPlace());
  const path = archivePath(wanted);
  await pack(directory, path, { without: VARYING, signal });
  return path;
}

/** Forgets all bootstraps. Gives how many there were. */
export function emptyCache(): number {
  const place = bootstrapPlace();
  const names = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith('.tar.gz')) : [];
  for (const name of names) rmSync(join(place, name));
  return names.length;
}

export function archiveName({ engine, suite, mirror, packages }: Bootstrap): string {
  const all = JSON.stringify([engine, suite, mirror, packages, process.arch, VARYING]);
  const hash = createHash('sha256').update(all).digest('hex').slice(0, HASH_LENGTH);
  return `${suite}-${process.arch}-${engine}-${hash}.tar.gz`;
}

function archivePath(wanted: Bootstrap): string {
  return join(bootstrapPlace(), archiveName(wanted));
}
