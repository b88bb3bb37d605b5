/** Images for tests, and what can be said of one from outside. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from './container.ts';
import { temporaryDirectory } from './kernel-test.ts';

/** Device and inode: the same file, by whatever path. */
export function identity(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

/** Where the root directory of a container is seen from outside. */
export const rootOf = ({ pid }: Container) => `/proc/${pid}/root`;

/** A copy of an image, of the test's own, which it may change. */
export function copyOf(image: string, owner = 0, place = temporaryDirectory()): string {
  const copy = join(place, 'image');
  execFileSync('cp', ['-a', image, copy]);
  execFileSync('chown', ['-R', '-h', `${owner}:${owner}`, copy]);
  return copy;
}
