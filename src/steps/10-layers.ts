/** The layers of an overlay: opening those below, making the one that is written to, and where the child finds them. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canBeUpper } from '../images/upper.ts';
import { closeAtEnd } from '../lab/close-at-end.ts';
import type { Lab } from '../lab/lab.ts';
import { ATTRIBUTES, RECORD, uppersOf } from '../layers/store.ts';
import { temporaryPlaces } from '../leftovers/directories.ts';
import { rootOutside } from '../settings/users.ts';
import type { Call } from '../syscalls/call.ts';
import { chmod, chown, close, ensureDirectory, lock, mkdir, openat, share, write } from '../syscalls/files.ts';
import { MS_NODEV, MS_NOSUID, O_CREAT, O_DIRECTORY, O_RDONLY, O_TRUNC, O_WRONLY } from '../syscalls/flags.ts';
import { attachMount, mount } from '../syscalls/mounts.ts';
import { type Image, mapDirectory, openDirectory } from './08-image.ts';
import { type CopiedTree, copyTree } from './09-volumes.ts';

/** Layers, ready to be laid over one another. */
export interface Layers {
  /** An open directory for the child to begin in, with a place for each layer, and `merged`. */
  readonly stage: number;
  /** The child's part: puts each layer in its place. */
  readonly placing: readonly Call[];
  /** The places of those that are only read, the topmost first. */
  readonly lower: readonly string[];
}

// #region open
/**
 * Opens the image and the layers over it, and makes the one that is written to.
 * A path of a layer may be long, and root inside may not even reach it: each is
 * mounted in a place with a short name, in a directory where the child begins.
 */
export async function openLayers(lab: Lab, image: Image): Promise<Layers> {
  const { root, layers } = lab.settings;
  const below = [...uppersOf({ below: layers.below }), root.path];
  for (const path of [root.path, ...layers.below]) await hold(lab, path, share);
  const lower = below.map((_, index) => String(index));
  const directory = await makeStage(lab, [...lower, 'layer', 'merged']);
  const placing: Call[] = [];
  for (const [index, path] of below.entries()) {
    const mapped = path === root.path ? image.mapped : undefined;
    placing.push(...place(await openLayer(lab, path, image, mapped), String(index)));
  }
  placing.push(...(await openUpper(lab, directory, image)));
  return { stage: await openDirectory(lab, join(directory, 'stage')), placing, lower };
}
// #endregion open

function place({ copying, tree }: CopiedTree, name: string): Call[] {
  return [...copying, attachMount(tree, name)];
}

/** A layer that belongs to real root is shown as root's inside, as the image is. */
async function openLayer(lab: Lab, path: string, { namespace }: Image, mapped?: number): Promise<CopiedTree> {
  if (mapped !== undefined) return { copying: [], tree: mapped };
  const isRoots = namespace !== undefined && statSync(path).uid === 0;
  return copyLayer(lab, path, isRoots ? namespace : undefined);
}

async function copyLayer(lab: Lab, path: string, namespace: number | undefined): Promise<CopiedTree> {
  if (namespace === undefined) return copyTree(lab, path);
  return { copying: [], tree: await mapDirectory(lab, path, namespace) };
}

/** A directory of this run's, with the places; nobody else may enter it but by a descriptor. */
async function makeStage(lab: Lab, places: readonly string[]): Promise<string> {
  const directory = join(temporaryPlace(), lab.owner);
  lab.leaves({ kind: 'directory', path: directory });
  const stage = join(directory, 'stage');
  await lab.perform([
    ensureDirectory(directory, 0o700),
    mkdir(stage, 0o700),
    ...places.map((name) => mkdir(join(stage, name))),
    ...giveToRootInside(lab, stage),
  ]);
  return directory;
}

/** The first place whose file system can hold an upper layer; without one, the usual place. */
function temporaryPlace(): string {
  const places = temporaryPlaces();
  return places.find(canBeUpper) ?? places[0] ?? '/tmp';
}

/**
 * What is written goes to `upper`; in `work` the kernel prepares it. Both are in
 * one directory, for they must be on one mount.
 */
async function openUpper(lab: Lab, directory: string, image: Image): Promise<Call[]> {
  const { keep } = lab.settings.layers;
  if (keep === undefined && !canBeUpper(temporaryPlace())) {
    await lab.tell(
      () =>
        `${temporaryPlace()} cannot hold what an overlay writes, so it is held in memory (tmpfs) and is gone afterwards.`,
    );
    return inMemory();
  }
  const layer = keep ?? join(directory, 'layer');
  await makeLayer(lab, layer, image);
  return place(await copyLayer(lab, layer, image.namespace), 'layer');
}

/** Makes the directories of a layer; in one that was kept, they are there. */
async function makeLayer(lab: Lab, layer: string, image: Image): Promise<void> {
  const [upper, work] = [join(layer, 'upper'), join(layer, 'work')];
  const isNew = !existsSync(upper);
  await lab.perform([ensureDirectory(layer, 0o700)]);
  if (layer === lab.settings.layers.keep) await hold(lab, layer, lock);
  if (!isNew) return;
  const give = (path: string) => (image.namespace === undefined ? giveToRootInside(lab, path) : []);
  await lab.perform([
    mkdir(upper),
    chmod(upper, statSync(lab.settings.root.path).mode & 0o7777),
    mkdir(work, 0o700),
    ...[layer, upper, work].flatMap(give),
  ]);
  if (layer === lab.settings.layers.keep) await lab.perform([...writeRecord(lab, layer), ...give(join(layer, RECORD))]);
}

/** Two runs must not write to one layer, and nobody to what is only read. The lock goes with this process. */
async function hold(lab: Lab, layer: string, how: typeof lock | typeof share): Promise<void> {
  const directory = openat(layer, O_RDONLY | O_DIRECTORY);
  const [fd = -1] = (await lab.perform([directory, how(directory)])).results;
  closeAtEnd(lab, fd);
}

/** What a layer lies on: without that, nobody can tell later what is new in it, and what was changed. */
function writeRecord({ settings: { root, layers } }: Lab, layer: string): Call[] {
  const text = JSON.stringify({ attributes: ATTRIBUTES, image: root.path, below: layers.below });
  const record = openat(join(layer, RECORD), O_WRONLY | O_CREAT | O_TRUNC, 0o600);
  return [record, write(record, `${text}\n`), close(record)];
}

function inMemory(): Call[] {
  return [
    mount('tmpfs', 'layer', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755'),
    mkdir('layer/upper'),
    mkdir('layer/work', 0o700),
  ];
}

/** Real root makes it, and root inside is somebody else out here. */
function giveToRootInside(lab: Lab, path: string): Call[] {
  if (lab.rootless) return [];
  const { uid, gid } = rootOutside(lab.settings.users);
  return [chown(path, uid, gid)];
}
