/**
 * Running debootstrap or mmdebstrap: in namespaces of their own, because they
 * mount and unmount /proc in what they build, and at an accident of theirs the
 * machine's /proc must not be within reach.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRootWithIds } from '../../src/proc/id-maps.ts';
import { fullDisk, ownWords } from '../cause.ts';
import { inMappedNamespaces, inNamespaces } from '../namespaces.ts';
import type { Work } from '../recipe.ts';
import type { Ended, RunOptions } from '../run-program.ts';
import type { Bootstrap } from './cache.ts';
import { mirrorProblem } from './mirror.ts';
import { debootstrapPhases, mmdebstrapPhases } from './phases.ts';

const MERGED_USR = '/usr/share/mmdebstrap/hooks/maybe-merged-usr';
const MINUTE_MS = 60_000;
/** Emulated machines are slow. */
const LIMIT_MS = 60 * MINUTE_MS;
const SILENCE_MS = 4 * MINUTE_MS;

/** Makes a Debian in `directory`, which is not there yet. Throws with the cause in one line. */
export async function bootstrap(wanted: Bootstrap, directory: string, work: Work): Promise<void> {
  if (process.geteuid?.() === 0 && !isRootWithIds()) {
    throw new Error(
      'A Debian has files of many users, and this user namespace has one id. Leave it (exit), then build.',
    );
  }
  const temporary = join(dirname(directory), 'temporary');
  mkdirSync(temporary);
  const hear = wanted.engine === 'debootstrap' ? debootstrapPhases(work.progress) : mmdebstrapPhases(work.progress);
  const errors: string[] = [];
  const options: RunOptions = {
    signal: work.signal,
    // What a crash of the machine would spoil is thrown away anyway, so dpkg need not wait for the disk.
    environment: { TMPDIR: temporary, DPKG_FORCE: 'unsafe-io' },
    silenceMs: SILENCE_MS,
    limitMs: LIMIT_MS,
    onLine: (line) => {
      const error = hear(line);
      if (error !== undefined) errors.push(error);
    },
  };
  const launch = process.geteuid?.() === 0 ? inNamespaces : inMappedNamespaces;
  const ended = await launch(commandFor(wanted, directory), options);
  if (ended.status === 0) return;
  throw new Error(await causeOf(wanted, dirname(directory), ended, errors));
}

function commandFor({ engine, suite, mirror, packages }: Bootstrap, directory: string): string[] {
  const common = ['--variant=minbase', `--include=${packages.join(',')}`, suite, directory, mirror];
  // --debian-installer makes debootstrap report its progress in figures, on descriptor 3.
  if (engine === 'debootstrap') return ['debootstrap', '--debian-installer', '--force-check-gpg', ...common];
  // In the mode "root" it takes the namespaces as they are, be it a user's.
  // Without its hook apt would install usrmerge, and all of Perl with it.
  const hook = existsSync(MERGED_USR) ? [`--hook-dir=${MERGED_USR}`] : [];
  return ['mmdebstrap', '--mode=root', '--format=directory', '--verbose', ...hook, ...common];
}

async function causeOf(wanted: Bootstrap, place: string, ended: Ended, errors: readonly string[]): Promise<string> {
  const disk = fullDisk(place, ended.lines);
  if (disk) return disk;
  const mirror = await mirrorProblem(wanted.mirror, wanted.suite);
  if (mirror) return mirror;
  const [first] = errors;
  return first === undefined || ended.stopped ? ownWords(wanted.engine, ended) : `${wanted.engine}: ${first}`;
}
