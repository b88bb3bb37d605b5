/** What a submission can see of the kit: what it is made with, and nothing that grades it. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isFresh, readMade } from '../../native/kept.cjs';
import { top } from '../catalogue/exercises.ts';
import type { SandboxOptions } from '../sandbox/sandbox.ts';
import { BUNDLE, ROOMS } from '../submission/sources.cjs';

/** Where it sees the kit. */
export const KIT = '/kit';
/** And the image of an exercise that needs one. */
export const IMAGE = `${KIT}/rootfs/host`;

const STARTED = ['submission', 'submission-loader', 'load', 'source-names', 'tsx'].map((name) => `bin/${name}.cjs`);
/** By their paths in the kit. */
export const VISIBLE = [...ROOMS, ...STARTED, 'native', 'node_modules', 'package.json', 'tsconfig.json'];

const BUNDLES = 'build';
const FILES = [`${BUNDLE}.bundle`, `${BUNDLE}.map`];
const MAKER = join(top, 'bin/bundle-usual.cjs');
const TIMEOUT_MS = 60_000;

/** `image`: where the machine has the image, if the submission sees it. */
export function visibleKit(image?: string): Pick<SandboxOptions, 'binds' | 'hidden'> {
  const folder = bundleFolder();
  return {
    hidden: [realpathSync(top)],
    binds: {
      [`${KIT}/node`]: process.execPath,
      ...(image === undefined ? {} : { [IMAGE]: image }),
      ...Object.fromEntries(VISIBLE.map((path) => [join(KIT, path), realpathSync(join(top, path))])),
      ...(folder && Object.fromEntries(FILES.map((name) => [join(KIT, BUNDLES, name), join(folder, name)]))),
    },
  };
}

/** The folder that holds a bundle as new as its sources, which is made if need be; undefined where none can be kept. */
function bundleFolder(): string | undefined {
  const folder = findFolder();
  if (folder !== undefined) return folder;
  spawnSync(process.execPath, [MAKER, BUNDLE], { timeout: TIMEOUT_MS });
  return findFolder();
}

function findFolder(): string | undefined {
  for (const made of readMade(BUNDLES, FILES[0] ?? '')) if (isFresh(made)) return made.place.folder;
  return undefined;
}
