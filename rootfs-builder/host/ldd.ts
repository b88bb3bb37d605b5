/** Which shared libraries programs need, as the dynamic loader finds them. */
import { spawnSync } from 'node:child_process';

export interface Needs {
  /** Absolute paths under which the loader looks: libraries, and the loader itself. */
  readonly libraries: readonly string[];
  /** Names that the loader does not find. */
  readonly missing: readonly string[];
}

const TIMEOUT_MS = 120_000;

/**
 * What each file needs; a statically linked one needs nothing. Throws if ldd
 * cannot be run or says nothing about one of the files. Source: ldd(1).
 */
export function findNeeds(files: readonly string[]): Map<string, Needs> {
  // A status of 1 only says that one of the files is static. LD_PRELOAD and its like stay outside.
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };
  const { error, stdout } = spawnSync('ldd', ['--', ...files], { encoding: 'utf8', env, timeout: TIMEOUT_MS });
  if (error) throw new Error(`ldd: ${error.message}. It comes with the C library; on Debian and Ubuntu in libc-bin.`);
  const needs = parseLdd(stdout, files);
  const silent = files.find((file) => !needs.has(file));
  if (silent !== undefined) throw new Error(`ldd said nothing about ${silent}. The recipe needs the ldd of glibc.`);
  return needs;
}

/** Reads ldd's answer. ldd gives no headings when it was asked about one file only. */
export function parseLdd(output: string, files: readonly string[]): Map<string, Needs> {
  const needs = new Map<string, { libraries: string[]; missing: string[] }>();
  let current = { libraries: [] as string[], missing: [] as string[] };
  if (files.length === 1 && files[0] !== undefined) needs.set(files[0], current);
  for (const line of output.split('\n')) {
    const heading = /^(\/.*):$/.exec(line)?.[1];
    if (heading !== undefined) {
      current = { libraries: [], missing: [] };
      needs.set(heading, current);
      continue;
    }
    const [asked, found] = sides(line);
    const library = [asked, found].find((side) => side.startsWith('/'));
    if (found === 'not found') current.missing.push(asked);
    else if (library !== undefined) current.libraries.push(library);
  }
  return needs;
}

// `libc.so.6 => /lib/libc.so.6 (0x7f…)`, `/lib64/ld-linux-x86-64.so.2 (0x7f…)`, `libx.so.1 => not found`;
// no file stands behind `linux-vdso.so.1 (0x7f…)` and `statically linked`. Where both sides of
// the arrow are paths, the program asks for the left one: it is the interpreter written into it.
function sides(line: string): [asked: string, found: string] {
  const [asked = '', found = ''] = line.replace(/\(0x[0-9a-f]+\)\s*$/, '').split(' => ');
  return [asked.trim(), found.trim()];
}
