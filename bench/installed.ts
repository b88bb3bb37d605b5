/** Which of the other tools are here. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program is found in PATH. */
export function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => isProgram(join(directory, name)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a tool says of its version, in a few characters: `crun 1.8.1`. */
export function versionOf(name: string): string {
  const { stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
  return `${name} ${/\d+(\.\d+)+/.exec(stdout ?? '')?.[0] ?? ''}`.trim();
}
