/** One console block from end to end: its needs, its home directory, its commands, and what it leaves. */

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { steps } from '../../steps/index.ts';
import { lasting, leftBehind, unmountBelow } from './leftovers.ts';
import { ordinaryPerson, type Person, type Unmet, unmetNeed } from './needs.ts';
import { usesImage } from './opening.ts';
import { type Mismatch, type Pace, runTranscript } from './run-transcript.ts';
import type { Transcript } from './transcript.ts';

export type BlockResult = { readonly skipped: Unmet } | { readonly mismatches: readonly Mismatch[] };

/** Where commands put files, from the kit's folder. */
const SHARED = ['/tmp', '/var/tmp', '/dev/shm', '/etc', '/mnt', 'rootfs/host/tmp', 'rootfs/host/root'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The users whose image has been built. */
const ready = new Set<number | undefined>();

/** `kit` is the directory that the commands are typed in. */
export async function runBlock(transcript: Transcript, kit: string, pace: Pace = {}): Promise<BlockResult> {
  const skipped = unmetNeed(transcript.needs, kit);
  if (skipped) return { skipped };
  const person: Person = transcript.needs.includes('user') ? ordinaryPerson() : { name: 'root' };
  const id = randomUUID();
  return withHome(person.uid, async (home) => {
    const environment = environmentOf(person, home, id);
    if (transcript.commands.some(({ text }) => usesImage(text))) prepareImage(person, environment, kit);
    const words = transcript.commands.map(({ text }) => text).join('\n');
    const traces = { directories: [home, kit, ...SHARED.map((path) => resolve(kit, path))], words };
    const before = lasting(traces);
    const mismatches = await runTranscript(transcript, { directory: kit, environment, ...person }, pace);
    const left = await leftBehind(before, `LESSON=${id}`, traces);
    return { mismatches: left.length === 0 ? mismatches : [...mismatches, leavings(transcript, left)] };
  });
}

/** Makes a home directory for the time of one block; removes it also when Ctrl-C ends us in between. */
async function withHome<T>(uid: number | undefined, body: (home: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'lessons-'));
  const remove = () => {
    unmountBelow(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  const stop = (signal: (typeof SIGNALS)[number]) => process.exit(128 + constants.signals[signal]);
  process.once('exit', remove);
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    if (uid !== undefined) chownSync(home, uid, uid);
    return await body(home);
  } finally {
    process.off('exit', remove);
    for (const signal of SIGNALS) process.off(signal, stop);
    remove();
  }
}

/** What a freshly opened terminal has, and not what npm adds. */
function environmentOf({ name }: Person, home: string, id: string): Record<string, string> {
  const path = (process.env.PATH ?? '').split(':').filter((directory) => !/node_modules|node-gyp-bin/.test(directory));
  return {
    PATH: path.join(':'),
    HOME: home,
    USER: name,
    LOGNAME: name,
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    npm_config_update_notifier: 'false',
    LESSON: id,
  };
}

/** Has the image built now, so that a transcript does not depend on who came first. */
function prepareImage({ uid }: Person, environment: Record<string, string>, kit: string): void {
  const step = steps.find(({ has }) => has.has('image'));
  if (!step || ready.has(uid)) return;
  const rootless = process.geteuid?.() === 0 && uid === undefined ? [] : ['--rootless'];
  spawnSync(process.execPath, ['bin/lab.cjs', 'step', String(step.number), '--quiet', ...rootless, '--', 'true'], {
    cwd: kit,
    env: environment,
    stdio: 'ignore',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  ready.add(uid);
}

function leavings({ line }: Transcript, left: readonly string[]): Mismatch {
  const message = `This block has left something behind: ${left.join(', ')}.`;
  return { line, command: '', message, difference: [] };
}
