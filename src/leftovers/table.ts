/**
 * Every kind of thing that can outlive a run: how to find those of an owner,
 * and how to remove one. The end of a run, `npm run clean` and the clean-up
 * after each step all go by this table.
 */

import { quoted } from '../command-line/quoted.ts';
import * as cgroups from './cgroups.ts';
import * as directories from './directories.ts';
import type { Kind, Leftover } from './leftover.ts';
import * as links from './links.ts';
import * as network from './network.ts';
import { noteNames, removeNote } from './notes.ts';
import { isOver, isUnknown, unknownLine, type Wanted } from './owner.ts';
import * as processes from './processes.ts';
import * as tables from './tables.ts';

interface Row<Of extends Kind> {
  /** Those whose mark is wanted. */
  readonly find: (wanted: Wanted) => readonly Leftover<Of>[];
  /**
   * Removes one; it may be gone already, or go by itself meanwhile. Returns its
   * name if it was there to remove.
   * @throws Error that says what stays, and why
   */
  readonly remove: (leftover: Leftover<Of>) => Promise<string | undefined>;
}

const TABLE: { readonly [Of in Kind]: Row<Of> } = {
  process: processes,
  link: links,
  table: tables,
  network,
  cgroup: cgroups,
  directory: directories,
};

/** In the order in which they are removed: what lives in a cgroup or a network ends first. */
const KINDS: readonly Kind[] = ['process', 'link', 'table', 'network', 'cgroup', 'directory'];

/**
 * Removes one thing that a run has noted. Returns its name if it was there to remove.
 * @throws Error that says what stays, and why
 */
export function remove<Of extends Kind>(leftover: Leftover<Of>): Promise<string | undefined> {
  return TABLE[leftover.kind].remove(leftover);
}

/**
 * Removes what the runs that are over have left, as far as this user may: after
 * a SIGKILL nobody else can. Returns what it was, a line each.
 */
export async function sweep(): Promise<string[]> {
  const removed: string[] = [];
  for (const kind of KINDS) {
    const names = await Promise.all(
      TABLE[kind].find(isOver).map((leftover) => remove(leftover).catch(() => undefined)),
    );
    removed.push(...names.flatMap((name) => (name === undefined ? [] : [`${kind} ${name}`])));
  }
  for (const name of (noteNames() ?? []).filter(isOver)) removeNote(name);
  return removed;
}

/**
 * The same, at the end of a run: only where something says that another one was
 * killed, or where that cannot be said.
 */
export async function sweepOnEvidence(): Promise<string[]> {
  const names = noteNames();
  return names === undefined || names.some(isOver) ? sweep() : [];
}

/** What is left alone since nobody can know from here whether its owner has ended: a line each. */
export function unknown(): string[] {
  return KINDS.flatMap((kind) => {
    const owners = new Set<string>();
    TABLE[kind].find((mark) => {
      if (isUnknown(mark)) owners.add(mark);
      return false;
    });
    return [...owners].flatMap((owner) =>
      TABLE[kind].find(owner).map((leftover) => unknownLine(nameOf(leftover), owner, byHand(leftover))),
    );
  });
}

function nameOf(leftover: Leftover): string {
  const { kind } = leftover;
  if (kind === 'process') return `process ${leftover.pid}`;
  if (kind === 'link' || kind === 'table' || kind === 'network') return `${kind} ${leftover.name}`;
  return `${kind} ${kind === 'cgroup' ? leftover.directory : leftover.path}`;
}

function byHand(leftover: Leftover): string {
  const { kind } = leftover;
  if (kind === 'process') return `kill -KILL ${leftover.pid}`;
  if (kind === 'link' || kind === 'network') return `ip link delete ${leftover.name}`;
  if (kind === 'table') return `nft delete table ip ${leftover.name}`;
  return kind === 'cgroup' ? `rmdir ${quoted(leftover.directory)}` : `rm -r ${quoted(leftover.path)}`;
}
