/** The one locale of the image: English, with every letter there is. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { copyFile } from './copy.ts';

// glibc knows C.UTF-8 by these files only, which go by either name: locale(7).
const DIRECTORIES = ['/usr/lib/locale/C.utf8', '/usr/lib/locale/C.UTF-8'];

/** Copies C.UTF-8, where this machine has it. */
export function copyLocale(image: string): void {
  for (const directory of DIRECTORIES.filter(existsSync)) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) copyFile(image, join(entry.parentPath, entry.name), 0o644);
    }
  }
}
