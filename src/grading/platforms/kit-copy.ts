/** The part of the kit that grades, to be carried to another machine: no solution and no native build. */
import { cpSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { makeFolders } from '../../../native/folders.cjs';
import { top } from '../../catalogue/exercises.ts';

const PARTS = [
  'bin',
  'src',
  'native',
  'exercises',
  'rootfs-builder',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

export function copyKit(to: string): void {
  makeFolders(to);
  for (const part of PARTS) cpSync(join(top, part), join(to, part), { recursive: true, filter: isNeeded });
}

/** What is not there cannot be found. */
const SECRETS = ['solution.ts', 'wrong.ts', 'wrong', 'after.md'];

function isNeeded(path: string): boolean {
  const [part, second, third = ''] = relative(top, path).split(sep);
  if (part === 'native') return second !== 'build';
  return part !== 'exercises' || !SECRETS.includes(third);
}

/** Makes a folder for an autograder. @throws Error if it is there and is not empty */
export function newFolder(directory: string): void {
  makeFolders(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`${basename(directory)} is there already: name a new folder, or remove it.`);
  }
}
