/** Finished bootstraps, kept as archives to build from again. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from '../pack.ts';
import { bootstrapPlace, makePlace } from '../place.ts';
import type { Engine } from './engine.ts';

/** All that a bootstrap depends on, besides the day. */
export interface Bootstrap {
  readonly engine: Engine;
  readonly suite: string;
  readonly mirror: string;
  readonly packages: readonly string[];
}

/**
 * What differs between two bootstraps of the same packages, or comes from the
 * machine that made them. Patterns of tar(1), from the image's root on.
 */
const VARYING: readonly string[] = [
  // Logs; not their folders, without which apt refuses to work.
  './var/log/*.log',
  './var/log/*/*',
  // Backups that package tools make of their files, and caches that they make again.
  './var/lib/dpkg/*-old',
  './var/cache/debconf/*-old',
  './var/cache/ldconfig/*',
  // This machine's name servers and name, and identities that every system is to make for itself.
  './etc/resolv.conf',
  './etc/hostname',
  './etc/machine-id',
  './var/lib/dbus/machine-id',
  './var/lib/systemd/random-seed',
  './etc/ssh/ssh_host_*',
];

const HASH_LENGTH = 10;

/** The file that holds such a bootstrap, with its date, if it was made before. */
export function cachedArchive(wanted: Bootstrap): { path: string; date: Date } | undefined {
  const path = archivePath(wanted);
  return existsSync(path) ? { path, date: statSync(path).mtime } : undefined;
}

/** Keeps a bootstrap without what differs from one to the next. Returns the archive's path. */
export async function keepArchive(wanted: Bootstrap, directory: string, signal: AbortSignal): Promise<string> {
  makePlace(bootstrapPlace());
  const path = archivePath(wanted);
  await pack(directory, path, { without: VARYING, signal });
  return path;
}

/** Forgets all bootstraps. Returns how many there were. */
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
