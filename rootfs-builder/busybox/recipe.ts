/** The image `busybox`: one static program that is some 270 others, by the name it is called. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, lstatSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { makeDirectory } from '../host/copy.ts';
import { findNeeds } from '../host/ldd.ts';
import { writeOwnFiles } from '../host/own-files.ts';
import { findTool } from '../host/tools.ts';
import type { Recipe } from '../recipe.ts';

const INSTALL = 'On Debian and Ubuntu: apt-get install busybox-static';
const TIMEOUT_MS = 20_000;

export const busyboxRecipe: Recipe = {
  name: 'busybox',
  title: 'a shell and some tools in one program of 2 MB',
  takes: 'less than a second',
  async build(target) {
    const program = staticBusybox();
    for (const directory of ['/bin', '/sbin', '/usr/bin', '/usr/sbin']) makeDirectory(target, directory);
    copyFileSync(program, join(target, 'bin/busybox'));
    chmodSync(join(target, 'bin/busybox'), 0o755);
    for (const path of applets(program)) linkApplet(target, path);
    writeOwnFiles(target, { origin: 'busybox of', shell: '/bin/sh' });
  },
};

/** The path of a busybox that needs no libraries. Throws if there is none here. */
function staticBusybox(): string {
  const found = findTool('busybox');
  if (found === undefined) throw new Error(`Not found: busybox. ${INSTALL}`);
  const program = realpathSync(found);
  const { libraries = [], missing = [] } = findNeeds([program]).get(program) ?? {};
  if (libraries.length + missing.length > 0)
    throw new Error(`${program} is not static, and needs libraries. ${INSTALL}`);
  return program;
}

/** Where each applet belongs: `bin/ls`. */
function applets(program: string): string[] {
  const { error, status, stdout } = spawnSync(program, ['--list-full'], { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (error || status !== 0) throw new Error(`${program} --list-full: ${error?.message ?? `status ${status}`}`);
  const paths = stdout.split('\n').filter((path) => /^([a-z]+\/)*[\w.[+-]+$/.test(path));
  if (!paths.includes('bin/sh')) throw new Error(`${program} has no shell. ${INSTALL}`);
  return paths;
}

function linkApplet(target: string, path: string): void {
  if (lstatSync(join(target, path), { throwIfNoEntry: false })) return;
  makeDirectory(target, dirname(`/${path}`));
  symlinkSync(relative(dirname(path), 'bin/busybox'), join(target, path));
}
