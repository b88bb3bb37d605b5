/** What a submission can see of the kit: what it is made with, and nothing that grades it. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { top } from '../catalogue/exercises.ts';
import type { SandboxOptions } from '../sandbox/sandbox.ts';

/** Where it sees the kit. */
export const KIT = '/kit';
/** And the image of an exercise that needs one. */
export const IMAGE = `${KIT}/rootfs/host`;

/** The rooms of src that src/submission is made of. */
const SOURCES = [
  'cgroups',
  'command-line',
  'executor',
  'images',
  'lab',
  'leftovers',
  'network',
  'proc',
  'run',
  'settings',
  'steps',
  'submission',
  'syscalls',
  'terminal',
  'trace',
];
/** By their paths in the kit. */
export const VISIBLE = [
  ...SOURCES.map((name) => `src/${name}`),
  ...['bin/submission.cjs', 'bin/tsx.cjs', 'native', 'node_modules', 'package.json', 'tsconfig.json'],
];

/** `image`: where the machine has the image, if the submission sees it. */
export function visibleKit(image?: string): Pick<SandboxOptions, 'binds' | 'hidden'> {
  return {
    hidden: [realpathSync(top)],
    binds: {
      [`${KIT}/node`]: process.execPath,
      ...(image === undefined ? {} : { [IMAGE]: image }),
      ...Object.fromEntries(VISIBLE.map((path) => [join(KIT, path), join(top, path)])),
    },
  };
}
