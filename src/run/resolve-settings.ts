/** From what was asked for to the settings of a run. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkImage, ensureImage } from '../../rootfs-builder/images.ts';
import { noSystemd } from '../cgroups/scope.ts';
import { printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { entryIn } from '../images/stack.ts';
import { isolates, type Step } from '../lab/step.ts';
import { resolveLayers, uppersOf } from '../layers/store.ts';
import { isRootWithIds } from '../proc/id-maps.ts';
import { checkNetwork } from '../settings/network.ts';
import { checkCpus } from '../settings/resources.ts';
import { DEFAULTS, type Settings } from '../settings/settings.ts';
import { checkOwnMaps } from '../settings/users.ts';
import type { StepRequest } from './options.ts';
import { mountedBy, resolveMounts } from './resolve-mounts.ts';
import { checkRights } from './resolve-rights.ts';

const DEFAULT_IMAGE = 'host';

/** @throws UsageError for a setting that this user or machine cannot have */
export async function resolveSettings(
  step: Step,
  { settings, rootless, quiet, command }: Pick<StepRequest, 'settings' | 'rootless' | 'quiet' | 'command'>,
): Promise<Settings> {
  const merged: Settings = {
    ...DEFAULTS,
    ...step.defaults?.(),
    ...settings,
    root: { ...DEFAULTS.root, ...settings.root },
    process: { args: command },
  };
  const isRoot = process.geteuid?.() === 0;
  const hasIds = isRootWithIds();
  if (isolates(step) && !isRoot && !rootless) {
    throw new UsageError(
      `Step ${step.number} makes namespaces, which takes root or a user namespace. Run with sudo, or add --rootless.`,
    );
  }
  if (hasIds && rootless) {
    throw new UsageError(
      '--rootless shows what an ordinary user can do, and you are root. Leave it out, or run without sudo.',
    );
  }
  if (!hasIds) checkOwnMaps(merged.users);
  if (step.has.has('bridge')) checkNetwork(merged.network, rootless || !hasIds);
  if (merged.resources.cpusetCpus !== undefined) checkCpus(merged.resources.cpusetCpus);
  if (merged.cgroup.driver === 'systemd') requireSystemd();
  if (step.has.has('confinement')) checkRights(merged);
  if (!step.has.has('image') && settings.root?.path === undefined) return merged;
  const path = await imagePath(settings.root?.path ?? DEFAULT_IMAGE, quiet ? () => {} : printError);
  const root = { ...merged.root, path };
  const layers = step.has.has('layers') ? resolveLayers(merged.layers, path) : merged.layers;
  const image = [...uppersOf(layers), path];
  if (step.has.has('mnt')) refuseLinks(image, mountedBy(step));
  return { ...merged, root, layers, mounts: resolveMounts(merged.mounts, image, mountedBy(step)) };
}

/** @throws UsageError where systemd cannot be asked for a cgroup */
function requireSystemd(): void {
  const why = noSystemd();
  if (why !== undefined) throw new UsageError(`--cgroup-driver: ${why}`);
}

/** What is mounted on a link lands elsewhere, and the container has none. @throws UsageError */
function refuseLinks(image: readonly string[], mounted: readonly string[]): void {
  const link = mounted.find((path) => entryIn(image, Buffer.from(path))?.isSymbolicLink());
  if (link === undefined) return;
  const [option, shown] = image.length === 1 ? ['--rootfs', join(image[0] ?? '', link)] : ['--layer', link];
  throw new UsageError(
    `${option}: ${shown} is a symbolic link, and a link of an image is not followed. Make it a folder.`,
  );
}

/** Whether a run gets what an ordinary user has: asked for, or for root of a user namespace who has no more. */
export function isRootless({ rootless }: Pick<StepRequest, 'rootless'>): boolean {
  return rootless || (process.geteuid?.() === 0 && !isRootWithIds());
}

/** A name without a slash is an image; anything else is a directory. */
async function imagePath(rootfs: string, say: (line: string) => void): Promise<string> {
  if (!rootfs.includes('/')) {
    try {
      checkImage(rootfs);
    } catch (error) {
      throw new UsageError(`--rootfs: ${error instanceof Error ? error.message : error}`);
    }
    return ensureImage(rootfs, { onProgress: say });
  }
  const path = resolve(rootfs);
  if (!isDirectory(path)) {
    throw new UsageError(`--rootfs: ${path} is not a directory. Give one, or the name of an image.`);
  }
  return path;
}

/** @throws UsageError if this user may not even look */
function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--rootfs: ${path} cannot be reached by this user (${code}).`);
  }
}
