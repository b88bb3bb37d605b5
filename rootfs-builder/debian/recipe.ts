/**
 * The image `debian`: a minimal Debian with the programs of the lessons. The
 * finished bootstrap is kept as an archive, and every image is unpacked from
 * one, so the second build takes seconds, and root's and a user's are the same.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partOf } from '../build-progress.ts';
import { writeText } from '../host/copy.ts';
import type { Recipe, Work } from '../recipe.ts';
import { unpack } from '../tar/unpack.ts';
import { bootstrap } from './bootstrap.ts';
import { type Bootstrap, cachedArchive, keepArchive } from './cache.ts';
import { chooseEngine, type Engine } from './engine.ts';
import { machineSources, ownSuite, type Source } from './sources.ts';

export interface DebianOptions {
  readonly suite?: string;
  /** URL of an archive, without `dists`. */
  readonly mirror?: string;
  readonly engine?: Engine;
  /** Download anew, whatever the cache holds. */
  readonly fresh?: boolean;
}

/** What the lessons use, beyond what every Debian has. */
const PACKAGES = ['iproute2', 'iputils-ping', 'less', 'libcap2-bin', 'procps'];

const OS_RELEASE = '/etc/os-release';
const FALLBACK_SUITE = 'bookworm';

export function debianRecipe(options: DebianOptions = {}): Recipe {
  return {
    name: 'debian',
    title: 'a minimal Debian from its mirror',
    takes: 'half a minute, 60 MB to download',
    onlyOnDemand: true,
    async build(target, work) {
      const archive = await findOrMake(whatToBuild(options), options.fresh ?? false, work);
      await unpack(archive, target, { ...work, progress: partOf(work.progress, 0.95, 1) });
      // debootstrap leaves it to an installer that is not there.
      writeText(target, '/etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
    },
  };
}

/**
 * What was asked for, completed from this machine's own Debian, if it is one.
 * @throws Error if nothing says where to download from
 */
export function whatToBuild(options: DebianOptions, sources: readonly Source[] = machineSources()): Bootstrap {
  const machine = existsSync(OS_RELEASE) ? ownSuite(readFileSync(OS_RELEASE, 'utf8')) : undefined;
  const mirror = options.mirror ?? sources.find(({ suite, type }) => type === 'deb' && suite === machine)?.uri;
  if (mirror === undefined) {
    throw new Error("This machine's apt sources name no mirror. Give one: npm run rootfs -- debian --mirror URL");
  }
  return {
    engine: chooseEngine(options.engine),
    suite: options.suite ?? machine ?? FALLBACK_SUITE,
    mirror,
    packages: PACKAGES,
  };
}

async function findOrMake(wanted: Bootstrap, fresh: boolean, work: Work): Promise<string> {
  const cached = fresh ? undefined : cachedArchive(wanted);
  if (cached) {
    const day = cached.date.toISOString().slice(0, 10);
    work.say(`From the bootstrap of ${day} in the cache; --fresh downloads it anew.`);
    return cached.path;
  }
  work.say(`${wanted.engine}: ${wanted.suite} from ${wanted.mirror}`);
  const directory = join(work.workshop, 'bootstrap');
  await bootstrap(wanted, directory, { ...work, progress: partOf(work.progress, 0, 0.92) });
  work.progress(0.92, 'Keeping it in the cache');
  return keepArchive(wanted, directory, work.signal);
}
