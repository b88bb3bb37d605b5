/**
 * The image `host`: a shell and the usual tools of this machine with the
 * libraries they need. It needs no network, no root and about a second.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Recipe } from '../recipe.ts';
import { copyFile, copyProgram, mirrorDirectory } from './copy.ts';
import { copyLocale, copyTerminals } from './data.ts';
import { findNeeds, type Needs } from './ldd.ts';
import { writeOwnFiles } from './own-files.ts';
import { findTools } from './tools.ts';

const LIBRARY_CACHE = '/etc/ld.so.cache';

export const hostRecipe: Recipe = {
  name: 'host',
  title: 'a shell and some tools, copied from this machine',
  takes: 'about a second',
  async build(target) {
    for (const directory of ['/bin', '/sbin', '/lib', '/lib64'].filter(existsSync)) mirrorDirectory(target, directory);
    copyTools(target);
    // Leads the loader to libraries outside its own folders, say in /usr/local/lib: ld.so(8).
    if (existsSync(LIBRARY_CACHE)) copyFile(target, LIBRARY_CACHE, 0o644);
    copyTerminals(target);
    copyLocale(target);
    writeOwnFiles(target);
  },
};

function copyTools(target: string): void {
  const { required, welcome } = findTools();
  const needs = findNeeds([...required, ...welcome]);
  for (const tool of required) insist(tool, needs.get(tool));
  for (const [tool, { libraries, missing }] of needs) {
    if (missing.length > 0) continue;
    copyProgram(target, tool);
    for (const library of libraries) copyLibrary(target, library);
  }
}

function insist(tool: string, needs: Needs | undefined): void {
  const missing = needs?.missing ?? [];
  if (missing.length > 0) throw new Error(`${tool} does not run on this machine: it lacks ${missing.join(', ')}.`);
}

// The loader is a library that is also run, by the kernel, and glibc before 2.34 loads a file of
// its own to read /etc/passwd, which ldd cannot know.
function copyLibrary(target: string, library: string): void {
  copyFile(target, library, 0o755);
  if (basename(library) !== 'libc.so.6') return;
  const names = join(dirname(library), 'libnss_files.so.2');
  if (existsSync(names)) copyFile(target, names, 0o755);
}
