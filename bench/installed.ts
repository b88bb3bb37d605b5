/** Which of the other tools are here. */
import { spawnSync } from 'node:child_process';
import { programPath } from '../src/proc/programs.ts';

export function isInstalled(name: string): boolean {
  return programPath(name) !== undefined;
}

/** What a tool says of its version, in a few characters: `crun 1.8.1`. */
export function versionOf(name: string): string {
  const { stdout } = spawnSync(name, ['--version'], { encoding: 'utf8' });
  return `${name} ${/\d+(\.\d+)+/.exec(stdout ?? '')?.[0] ?? ''}`.trim();
}
