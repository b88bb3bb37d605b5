/**
 * Where archives from anywhere are unpacked: tar runs with the workshop as its
 * root directory, in which there is nothing but the programs that it needs and
 * the image to be. Whatever an archive makes it do, there is no way out.
 */
import { existsSync } from 'node:fs';
import { copyFile, copyProgram } from '../host/copy.ts';
import { findNeeds } from '../host/ldd.ts';
import { asOwnRoot } from '../namespaces.ts';
import { requireProgram } from '../programs.ts';
import { type Ended, type RunOptions, run } from '../run.ts';

const LIBRARY_CACHE = '/etc/ld.so.cache';

/** What root may do in there: give files away, and get at those that are closed. Not make device nodes, nor leave. */
const RIGHTS = ['setpriv', '--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid'];

export type Jail = (command: readonly string[], options: RunOptions) => Promise<Ended>;

/** Puts programs with their libraries into `directory`. Gives the way to run them with it as the root directory. */
export function makeJail(directory: string, programs: readonly string[]): Jail {
  const paths = new Map([...programs, 'setpriv'].map((name) => [name, requireProgram(name)]));
  for (const [program, { libraries }] of findNeeds([...paths.values()])) {
    copyProgram(directory, program);
    for (const library of libraries) copyFile(directory, library, 0o755);
  }
  if (existsSync(LIBRARY_CACHE)) copyFile(directory, LIBRARY_CACHE, 0o644);
  const located = ([program = '', ...words]: readonly string[]) => [paths.get(program) ?? program, ...words];
  return (command, options) =>
    run([...asOwnRoot(), 'chroot', directory, ...located(RIGHTS), ...located(command)], options);
}
