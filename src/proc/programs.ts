/** Where this machine has a program. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Its path, or undefined. Some users' PATH lacks the sbin directories, where the network's programs live. */
export function programPath(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined;
  const directories = [...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/sbin', '/sbin'];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
