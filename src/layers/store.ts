/**
 * Layers that were kept: what a container has changed, in directories beside the
 * images.
 *
 *     rootfs/.layers/NAME/upper       the files, as the kernel's overlay writes them
 *     rootfs/.layers/NAME/work        the kernel's
 *     rootfs/.layers/NAME/layer.json  what it lies on, and how attributes are written
 *
 * There is one format on disk. A deleted file is a character device 0:0. A
 * directory that hides what is below has the attribute `user.overlay.opaque`,
 * also where real root has made it: see the option `userxattr` in the kernel's
 * overlayfs.rst.
 */
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { removeAbandoned, removedIn, unfinishedName } from '../../rootfs-builder/leftovers.ts';
import { makePlace, places } from '../../rootfs-builder/place.ts';
import { removeTree } from '../../rootfs-builder/remove.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { attempt } from '../executor/perform.ts';
import { canBeUpper } from '../images/upper.ts';
import { type Layers, layerName } from '../settings/layers.ts';
import { lock, share } from '../syscalls/files.ts';
import { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from '../syscalls/flags.ts';

/** The way in which attributes are written: the only one that there is. */
export const ATTRIBUTES = 'user.overlay';
export const RECORD = 'layer.json';
const STORE = '.layers';
/** A path has at most 4 KiB, and there can be 500. */
const MOST_BYTES = 4 * 2 ** 20;

export interface Layer {
  readonly name: string;
  readonly directory: string;
  /** The directory of the image that it lies on. */
  readonly image: string;
  /** The directories of the layers in between, the lowest first. */
  readonly below: readonly string[];
}

/** The directories with the files of layers, the topmost first. */
export function uppersOf({ keep, below }: Layers): string[] {
  return [...below, ...(keep === undefined ? [] : [keep])].map((directory) => join(directory, 'upper')).reverse();
}

/** The names of all that are kept. */
export function layerNames(): string[] {
  const names = stores().flatMap((store) => {
    try {
      return readdirSync(store).filter((name) => isName(name) && existsSync(join(store, name, RECORD)));
    } catch {
      return []; // There is none yet, or it is closed to this user.
    }
  });
  return [...new Set(names)].sort();
}

/** @throws UsageError if there is none of that name, or if it is not as a run leaves it */
export function findLayer(name: string): Layer {
  const directory = directoryOf(layerName(name));
  if (directory === undefined) throw noLayer(name);
  return { name, directory, ...readRecord(name, directory) };
}

/** Removes a layer. @throws UsageError if there is none, if a run has it, or if another layer lies on it */
export async function removeLayer(name: string): Promise<void> {
  const directory = directoryOf(layerName(name));
  if (directory === undefined) throw noLayer(name);
  const over = layerNames().find((other) => other !== name && liesOn(other, directory));
  if (over !== undefined)
    throw new UsageError(`${over} lies on the layer ${name}. Remove that first: npm run layers -- rm ${over}`);
  await withLayer({ name, directory }, 'alone', async () => {
    const workshop = join(directory, '..', unfinishedName(name));
    mkdirSync(workshop, { mode: 0o700 });
    try {
      // Whole or not at all: what has been moved away is nobody's layer.
      renameSync(directory, removedIn(workshop));
    } finally {
      await removeTree(workshop);
    }
  });
}

/** Removes what was to be removed when somebody was killed. Returns its paths. */
export async function removeAbandonedLayers(): Promise<string[]> {
  return (await Promise.all(stores().map(removeAbandoned))).flat();
}

function liesOn(name: string, directory: string): boolean {
  try {
    const { image, below } = findLayer(name);
    return [image, ...below].includes(directory);
  } catch {
    return false;
  }
}

/** @throws UsageError for an image on which a layer lies: without it nobody could read that */
export function refuseUnderLayers(image: string, directory: string): void {
  const over = layerNames().find((name) => liesOn(name, directory));
  if (over !== undefined)
    throw new UsageError(
      `The layer ${over} lies on the image ${image}. Remove that first: npm run layers -- rm ${over}`,
    );
}

function noLayer(name: string): UsageError {
  return new UsageError(`There is no layer ${name}. To see those that there are: npm run layers`);
}

/** The names of a run's layers as directories. @throws UsageError for what is not there, in use, or does not fit */
export function resolveLayers({ keep, below }: Layers, image: string): Layers {
  const layers = below.map((name) => {
    const { directory } = saying('--layer', () => findLayer(name));
    refuseUsed('--layer', name, directory, 'shared');
    return directory;
  });
  if (keep === undefined) return { below: layers };
  if (below.includes(keep)) throw new UsageError(`--keep: ${keep} is a --layer of this run, which is only read.`);
  return { keep: keptDirectory(keep, image, layers), below: layers };
}

/** Locks a layer for as long as `act` takes. @throws UsageError if a run has it */
export async function withLayer<T>(
  { name, directory }: Pick<Layer, 'name' | 'directory'>,
  how: 'alone' | 'shared',
  act: () => T | Promise<T>,
): Promise<T> {
  const fd = openLocked(directory, how);
  if (fd === undefined) throw inUse(name);
  try {
    return await act();
  } finally {
    closeSync(fd);
  }
}

function keptDirectory(name: string, image: string, below: readonly string[]): string {
  const found = directoryOf(name);
  if (found !== undefined) {
    const record = saying('--keep', () => readRecord(name, found));
    if (record.image !== image || record.below.join() !== below.join()) {
      throw new UsageError(
        `--keep: ${name} is there already, over another image or other layers. Choose another name, or: npm run layers -- rm ${name}`,
      );
    }
    refuseUsed('--keep', name, found, 'alone');
    return found;
  }
  const [place] = places();
  const store = join(place, STORE);
  makePlace(place);
  makePlace(store);
  if (!canBeUpper(store)) {
    throw new UsageError(`--keep: ${store} is on a file system that cannot hold what an overlay writes; ext4 can.`);
  }
  return join(store, name);
}

function refuseUsed(option: string, name: string, directory: string, how: 'alone' | 'shared'): void {
  const fd = openLocked(directory, how);
  if (fd === undefined) throw new UsageError(`${option}: ${inUse(name).message}`);
  closeSync(fd);
}

function inUse(name: string): UsageError {
  return new UsageError(`Another run has the layer ${name}. Wait for its end, or choose another name.`);
}

/** A descriptor with the lock; undefined if somebody else has it. */
function openLocked(directory: string, how: 'alone' | 'shared'): number | undefined {
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (attempt(how === 'alone' ? lock(fd) : share(fd)).result === 0) return fd;
  closeSync(fd);
  return undefined;
}

function stores(): string[] {
  return places().map((place) => join(place, STORE));
}

/** A link is none. */
function directoryOf(name: string): string | undefined {
  return stores()
    .map((store) => join(store, name))
    .find((directory) => isDirectory(directory));
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readRecord(name: string, directory: string): Pick<Layer, 'image' | 'below'> {
  const file = join(directory, RECORD);
  const record = parse(file);
  if (!isRecord(record) || !isDirectory(join(directory, 'upper'))) {
    throw new UsageError(
      `The layer ${name} is not as a run leaves it: ${directory}. To remove it: npm run layers -- rm ${name}`,
    );
  }
  if (record.attributes !== ATTRIBUTES) {
    throw new UsageError(`The layer ${name} has attributes of another kind, ${JSON.stringify(record.attributes)}.`);
  }
  return { image: record.image, below: record.below };
}

function parse(file: string): unknown {
  try {
    const stats = lstatSync(file);
    if (!stats.isFile() || stats.size > MOST_BYTES) return undefined;
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

interface Record {
  readonly attributes: string;
  readonly image: string;
  readonly below: readonly string[];
}

function isRecord(value: unknown): value is Record {
  if (typeof value !== 'object' || value === null) return false;
  const { attributes, image, below } = value as { [Name in keyof Record]?: unknown };
  return (
    typeof attributes === 'string' &&
    typeof image === 'string' &&
    Array.isArray(below) &&
    below.every((directory) => typeof directory === 'string')
  );
}

function isName(name: string): boolean {
  try {
    return layerName(name) === name;
  } catch {
    return false;
  }
}

function saying<T>(option: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${option}: ${error.message}`) : error;
  }
}
