/** The root directory of the program: `root` of config.json. */
import type { SubjectOption } from './option.ts';

export interface Root {
  /** An image's directory, or the host's own root. What is typed may be an image's name: src/run resolves it. */
  readonly path: string;
  /** Nothing in it can be changed; what is mounted on it is another matter. */
  readonly readonly?: boolean;
}

export const HOST_ROOT = '/';

export const DEFAULT_ROOT: Root = { path: HOST_ROOT };

export const rootOptions: readonly SubjectOption<Partial<Root>>[] = [
  { name: '--rootfs', value: 'NAME|DIR', help: 'the image to run in', set: (root, path) => ({ ...root, path }) },
  {
    name: '--read-only',
    about: 'mounts',
    help: 'nothing in the image can be changed',
    set: (root) => ({ ...root, readonly: true }),
  },
];
