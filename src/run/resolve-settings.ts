/** From what was asked for to the settings of a run. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkImage, ensureImage } from '../../rootfs-builder/images.ts';
import { printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { cpuList, type Limits } from '../settings/limits.ts';
import { DEFAULTS, type IdRange, type Settings } from '../settings/settings.ts';
import type { StepRequest } from './options.ts';
import { FIRST_WITH_IMAGE } from './program.ts';

const DEFAULT_IMAGE = 'host';

/** @throws UsageError for a setting that this user or machine cannot have */
export async function resolveSettings(step: number, { settings, quiet }: StepRequest): Promise<Settings> {
  const merged: Settings = { ...DEFAULTS, ...(step === 7 ? { limits: classicLimits() } : {}), ...settings };
  const isRoot = process.geteuid?.() === 0;
  if (step > 0 && !isRoot && !merged.rootless) {
    throw new UsageError(
      `Step ${step} makes namespaces, which takes root or a user namespace. Run with sudo, or add --rootless.`,
    );
  }
  if (isRoot && merged.rootless) {
    throw new UsageError(
      '--rootless shows what an ordinary user can do, and you are root. Leave it out, or run without sudo.',
    );
  }
  if (!isRoot) checkOwnMap('--uid-map', merged.uidMap, process.geteuid?.() ?? 0);
  if (!isRoot) checkOwnMap('--gid-map', merged.gidMap, process.getegid?.() ?? 0);
  if (merged.limits.cpusetCpus !== undefined) checkCpus(merged.limits.cpusetCpus);
  if (step < FIRST_WITH_IMAGE && settings.rootfs === undefined) return merged;
  return { ...merged, rootfs: await imagePath(settings.rootfs ?? DEFAULT_IMAGE, quiet ? () => {} : printError) };
}

/** user_namespaces(7): without privilege a map has one line, and that is about one's own id. */
function checkOwnMap(option: string, ranges: readonly IdRange[] | undefined, own: number): void {
  if (ranges === undefined) return;
  const [range, ...others] = ranges;
  if (others.length === 0 && range?.outside === own && range.count === 1) return;
  throw new UsageError(`${option}: without root the kernel maps your own id and no other: ${option} 0:${own}:1.`);
}

/** @throws UsageError for a CPU that this machine has not */
function checkCpus(asked: string): void {
  const online = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
  if (cpuList(asked).every((cpu) => cpuList(online).includes(cpu))) return;
  throw new UsageError(`--cpuset-cpus: ${asked} was asked for, and this machine has the CPUs ${online}.`);
}

/** The classic experiment of step 7: 512 MiB, and the first two CPUs. */
function classicLimits(): Limits {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return { memory: 512 * 2 ** 20, cpusetCpus: cpuList(allowed).slice(0, 2).join(',') };
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
