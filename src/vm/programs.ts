/** Programs that the kit does not bring along. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** A program, and the Debian package that has it. */
export interface Program {
  readonly name: string;
  readonly package: string;
}

/**
 * Makes sure that programs are installed. mke2fs and the like are in sbin, which
 * an ordinary user's PATH may lack, so it is looked at too.
 * @throws Error in one line, with the command that installs what is missing
 */
export function requirePrograms(purpose: string, programs: readonly Program[]): void {
  const missing = programs.filter(({ name }) => findProgram(name) === undefined);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  const packages = [...new Set(missing.map((program) => program.package))].join(' ');
  throw new Error(`${purpose} needs ${names}: sudo apt-get install ${packages}`);
}

/** The path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
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
