/** From what was asked for to the settings of a run. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkImage, ensureImage } from '../../rootfs-builder/images.ts';
import { printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { isolates, type Step } from '../lab/step.ts';
import { checkCpus } from '../settings/resources.ts';
import { DEFAULTS, type Settings } from '../settings/settings.ts';
import { checkOwnMaps } from '../settings/users.ts';
import type { StepRequest } from './options.ts';

const DEFAULT_IMAGE = 'host';

/** @throws UsageError for a setting that this user or machine cannot have */
export async function resolveSettings(
  step: Step,
  { settings, rootless, quiet, command }: Pick<StepRequest, 'settings' | 'rootless' | 'quiet' | 'command'>,
): Promise<Settings> {
  const merged: Settings = { ...DEFAULTS, ...step.defaults?.(), ...settings, process: { args: command } };
  const isRoot = process.geteuid?.() === 0;
  if (isolates(step) && !isRoot && !rootless) {
    throw new UsageError(
      `Step ${step.number} makes namespaces, which takes root or a user namespace. Run with sudo, or add --rootless.`,
    );
  }
  if (isRoot && rootless) {
    throw new UsageError(
      '--rootless shows what an ordinary user can do, and you are root. Leave it out, or run without sudo.',
    );
  }
  if (!isRoot) checkOwnMaps(merged.users);
  if (merged.resources.cpusetCpus !== undefined) checkCpus(merged.resources.cpusetCpus);
  if (!step.has.has('image') && settings.root === undefined) return merged;
  const path = await imagePath(settings.root?.path ?? DEFAULT_IMAGE, quiet ? () => {} : printError);
  return { ...merged, root: { ...merged.root, path } };
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
  const path = resolve(process.env.INIT_CWD ?? '.', rootfs);
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
