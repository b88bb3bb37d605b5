/** What has been built, and how much room it takes. */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isName } from './images.ts';
import { bootstrapPlace, isReadable, places } from './place.ts';
import { run } from './run-program.ts';

export interface Built {
  readonly name: string;
  readonly directory: string;
  readonly date: Date;
  /** Bytes in its files, and bytes that it takes on disk; less than there is where we may not look. */
  readonly apparent: number;
  readonly onDisk: number;
}

/** All images of this machine's kit and user. */
export async function inventory(): Promise<Built[]> {
  const directories = places().flatMap((place) => names(place).map((name) => join(place, name)));
  return Promise.all(directories.map(describe));
}

/** How many finished bootstraps are kept, and the bytes that they take. */
export function cacheContents(): { count: number; bytes: number } {
  const place = bootstrapPlace();
  const files = existsSync(place) ? readdirSync(place).filter((name) => name.endsWith('.tar.gz')) : [];
  return { count: files.length, bytes: files.reduce((sum, name) => sum + statSync(join(place, name)).size, 0) };
}

function names(place: string): string[] {
  if (!isReadable(place)) return [];
  return readdirSync(place)
    .filter((name) => isName(name) && lstatSync(join(place, name)).isDirectory())
    .sort();
}

async function describe(directory: string): Promise<Built> {
  const { birthtime, ctime } = statSync(directory);
  const [apparent, onDisk] = await Promise.all([size(directory, '--apparent-size'), size(directory)]);
  const name = directory.slice(directory.lastIndexOf('/') + 1);
  return { name, directory, date: birthtime.getTime() > 0 ? birthtime : ctime, apparent, onDisk };
}

/** In bytes. du(1) counts a file with several names once, and follows no links. */
export async function size(directory: string, ...how: string[]): Promise<number> {
  const { lines } = await run(['du', '--summarize', '--block-size=1', '--one-file-system', ...how, '--', directory]);
  return Number(lines.map((line) => /^(\d+)\t/.exec(line)?.[1]).find(Boolean) ?? 0);
}
