/** The files of a cgroup, as texts, words and numbers. Source: cgroups(7), cgroup-v2.rst. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of a cgroup, or undefined if this kernel, controller or cgroup has no such file. */
export function readSetting(directory: string, file: string): string | undefined {
  const path = join(directory, file);
  // An error costs ten times as much as a look.
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A file of a cgroup that lists words, such as cgroup.controllers or cgroup.procs. */
export function readWords(directory: string, file: string): string[] {
  return (readSetting(directory, file) ?? '').split(/\s+/).filter((word) => word !== '');
}

/** The processes of a cgroup; 0 stands for one that is outside of our PID namespace. */
export function processesIn(directory: string): number[] {
  return readWords(directory, 'cgroup.procs').map(Number);
}

/** The cgroups right below one. @throws Error if it went away, or we may not look */
export function cgroupsIn(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}
