/**
 * Unpacking an archive into an image. GNU tar knows the formats, sparse files,
 * hard links and the tricks of hostile archives; the jail is for the tricks that
 * it does not know.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRootWithIds } from '../../src/proc/id-maps.ts';
import type { Progress } from '../build-progress.ts';
import { fullDisk, ownWords } from '../cause.ts';
import { copyFile, copyProgram } from '../host/copy.ts';
import { findNeeds } from '../host/ldd.ts';
import { asOwnRoot } from '../namespaces.ts';
import { requireProgram } from '../programs.ts';
import type { Work } from '../recipe.ts';
import { type Ended, type RunOptions, run } from '../run-program.ts';
import { decompressorOf } from './compression.ts';

const LIBRARY_CACHE = '/etc/ld.so.cache';

/** What root may do in the jail: give files away, and get at those that are closed. Not make device nodes, nor leave. */
const RIGHTS = ['setpriv', '--bounding-set=-all,+chown,+dac_override,+fowner,+fsetid'];

const LIMIT_MS = 30 * 60_000;
const LOOK_MS = 200;
const NO_DEVICE = /: Cannot mknod: Operation not permitted$/;
const LAST_WORDS =
  /^(Exiting with failure status due to previous errors|Child returned status \d+|Error is not recoverable)/;

/**
 * Device nodes go: every step mounts a /dev of its own. So do the set-id bits,
 * with which any user of this machine could run what was in an archive as root.
 */
const TAME = [
  ...['find', '/image', '(', '-type', 'b', '-o', '-type', 'c', ')', '-delete'],
  ...['-o', '-type', 'f', '-perm', '/6000', '-exec', 'chmod', 'ug-s', '{}', '+'],
];

/** Unpacks `file` into `target`, the directory `image` of the workshop. Throws with the cause in one line. */
export async function unpack(file: string, target: string, { signal, progress, say }: Work): Promise<void> {
  const workshop = dirname(target);
  const input = openSync(file, 'r');
  const watch = setInterval(() => reportPosition(input, progress), LOOK_MS);
  try {
    const decompressor = decompressorOf(beginning(input, file));
    const jail = makeJail(workshop, ['tar', 'find', 'chmod', ...(decompressor ? [decompressor] : [])]);
    const limits = { signal, limitMs: LIMIT_MS, silenceMs: LIMIT_MS };
    let devices = 0;
    const complaints: string[] = [];
    const hear = (said: string) => {
      const line = said.replace(/^\S*\btar: /, '');
      if (NO_DEVICE.test(line)) devices += 1;
      else if (line.trim() !== '' && !LAST_WORDS.test(line)) complaints.push(line);
    };
    const ended = await jail([...tarCommand(), ...(decompressor ? [`--${decompressor}`] : [])], {
      ...limits,
      input,
      onLine: hear,
    });
    const onlyDevices = ended.status === 2 && devices > 0 && complaints.every(isRemark);
    if (ended.status !== 0 && !onlyDevices) {
      const complaint = complaints.find((line) => !isRemark(line)) ?? '';
      throw new Error(fullDisk(workshop, ended.lines) ?? `${file}: ${complaint || ownWords('tar', ended)}`);
    }
    const tamed = await jail(TAME, limits);
    if (tamed.status !== 0) throw new Error(ownWords('find', tamed));
    if (readdirSync(target).length === 0) throw new Error(`${file} holds nothing.`);
    if (devices > 0)
      say(`Left out ${devices} device ${devices === 1 ? 'node' : 'nodes'}: every step mounts a /dev of its own.`);
  } finally {
    clearInterval(watch);
    closeSync(input);
  }
}

type Jail = (command: readonly string[], options: RunOptions) => Promise<Ended>;

/**
 * Where archives from anywhere are unpacked: tar runs with the workshop as its
 * root directory, in which there is nothing but the programs that it needs and
 * the image to be. Whatever an archive makes it do, there is no way out.
 *
 * Puts programs with their libraries into `directory`. Returns the way to run them with
 * it as the root directory.
 */
function makeJail(directory: string, programs: readonly string[]): Jail {
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

function tarCommand(): string[] {
  // Files can be given away by root alone, who must have the ids of others.
  const owners = isRootWithIds() ? ['--same-owner', '--numeric-owner'] : ['--no-same-owner'];
  const modes = ['--same-permissions', '--delay-directory-restore'];
  return ['tar', '--extract', '--file=-', '--directory=/image', ...owners, ...modes, '--warning=no-timestamp'];
}

/** What tar says without failing. */
function isRemark(line: string): boolean {
  return /^(Removing leading |Ignoring unknown extended header keyword|A lone zero block)/.test(line);
}

function beginning(input: number, file: string): Buffer {
  if (!fstatSync(input).isFile()) throw new Error(`${file} is not a file.`);
  const bytes = Buffer.alloc(8);
  return bytes.subarray(0, readSync(input, bytes, 0, bytes.length, 0));
}

// The descriptor is tar's too, and so is the place where it reads: fdinfo in proc(5).
function reportPosition(input: number, progress: Progress): void {
  const info = `/proc/self/fdinfo/${input}`;
  const position = existsSync(info) ? /^pos:\s*(\d+)/m.exec(readFileSync(info, 'utf8'))?.[1] : undefined;
  progress(Number(position ?? 0) / (fstatSync(input).size || 1), 'Unpacking');
}
