/** One console block from end to end: its needs, its home directory, its commands, and what it leaves. */

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { withHome } from './home.ts';
import { lasting, leftBehind } from './leftovers.ts';
import { type Unmet, unmetNeed } from './needs.ts';
import { ordinaryPerson, type Person } from './person.ts';
import { type Failure, runTranscript } from './run.ts';
import type { Transcript } from './transcript.ts';

export type Outcome = { readonly skipped: Unmet } | { readonly failures: readonly Failure[] };

/** The first step that runs from an image, which may have to be built first. */
const WITH_IMAGE = /\bstep (?:[89]|\d\d)\b/;
const ready = new Set<number | undefined>();

/** `kit` is the directory that the commands are typed in. */
export async function runBlock(transcript: Transcript, kit: string): Promise<Outcome> {
  const skipped = unmetNeed(transcript.needs, kit);
  if (skipped) return { skipped };
  const person: Person = transcript.needs.includes('user') ? ordinaryPerson() : { name: 'root' };
  const id = randomUUID();
  return withHome(person.uid, async (home) => {
    const environment = environmentOf(person, home, id);
    if (transcript.commands.some(({ text }) => WITH_IMAGE.test(text))) prepareImage(person, environment, kit);
    const before = lasting();
    const failures = await runTranscript(transcript, { directory: kit, environment, ...person });
    const left = await leftBehind(before, `LESSON=${id}`);
    return { failures: left.length === 0 ? failures : [...failures, leftFailure(transcript, left)] };
  });
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
  if (ready.has(uid)) return;
  const rootless = process.geteuid?.() === 0 && uid === undefined ? [] : ['--rootless'];
  spawnSync(process.execPath, ['bin/lab.cjs', 'step', '8', '--quiet', ...rootless, '--', 'true'], {
    cwd: kit,
    env: environment,
    stdio: 'ignore',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  ready.add(uid);
}

function leftFailure({ line }: Transcript, left: readonly string[]): Failure {
  const message = `This block has left something behind: ${left.join(', ')}.`;
  return { line, command: '', message, difference: [] };
}
