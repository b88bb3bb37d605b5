/** What a submission can see of the kit: what it is made with, and nothing that grades it. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { top } from '../exercises/catalogue.ts';
import type { View } from '../sandbox/root.ts';

/** Where it sees it. */
export const KIT = '/kit';
/** And the image of an exercise that needs one. */
export const IMAGE = `${KIT}/rootfs/host`;

const SOURCES = ['cgroups', 'executor', 'lab', 'network', 'steps', 'submission', 'syscalls', 'trace'];
const OTHERS = ['bin/submission.cjs', 'native', 'node_modules', 'package.json', 'tsconfig.json'];

export function kitView(): Pick<View, 'binds' | 'hidden'> {
  const paths = [...SOURCES.map((name) => `src/${name}`), ...OTHERS];
  return {
    hidden: [realpathSync(top)],
    binds: {
      [`${KIT}/node`]: process.execPath,
      ...Object.fromEntries(paths.map((path) => [join(KIT, path), join(top, path)])),
    },
  };
}
