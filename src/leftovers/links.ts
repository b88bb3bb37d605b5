/** Network interfaces. The alias of one names its run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailure } from '../executor/failure.ts';
import { perform } from '../executor/perform.ts';
import { tolerating } from '../syscalls/call.ts';
import { close } from '../syscalls/files.ts';
import { deleteLink, request } from '../syscalls/netlink.ts';
import { indexIn, interfaceIndex, interfaceSocket } from '../syscalls/network.ts';
import type { Leftover } from './leftover.ts';
import { isMarkOf, type Wanted } from './owner.ts';

const LINKS = '/sys/class/net';
/** The kernel takes a network down some 10 ms after its last process; with much to do, 65. */
const PATIENCE_MS = 200;
const PAUSE_MS = 1;

export function find(wanted: Wanted): Leftover<'link'>[] {
  return linkNames()
    .map((name): Leftover<'link'> => ({ kind: 'link', name, mark: aliasOf(name) }))
    .filter(({ mark }) => isMarkOf(mark, wanted));
}

/**
 * Waits until a cable has gone by itself, which costs nothing; to delete one
 * takes longer. It is deleted where somebody holds the other end's network.
 * Links of others stay.
 */
export async function remove({ name, mark }: Leftover<'link'>): Promise<string | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const index = indexOf(name);
    if (index === 0 && !isShown(name, mark)) return undefined;
    if (performance.now() > deadline) break;
    await sleep(PAUSE_MS);
  }
  return aliasOf(name) === mark && deleted(indexOf(name)) ? name : undefined;
}

/** /sys shows a link for a while after its name is free; one that nobody has marked yet can be ours. */
function isShown(name: string, mark: string): boolean {
  return existsSync(`${LINKS}/${name}`) && ['', mark].includes(aliasOf(name));
}

/** Whether it was there to be deleted. */
function deleted(index: number): boolean {
  if (index === 0) return false;
  try {
    perform(request(deleteLink(index)));
    return true;
  } catch (error) {
    // Gone already, or only root may remove it.
    if (error instanceof CallFailure && (error.errno === 'ENODEV' || error.errno === 'EPERM')) return false;
    throw error;
  }
}

/** 0 if there is none of that name. Other than /sys, this is always about our own network. */
function indexOf(name: string): number {
  const socket = interfaceSocket();
  const index = interfaceIndex(socket, name);
  return indexIn(perform([socket, tolerating('ENODEV', index), close(socket)]));
}

/** Without /sys there is nothing to be found. */
function linkNames(): string[] {
  try {
    return readdirSync(LINKS);
  } catch {
    return [];
  }
}

function aliasOf(name: string): string {
  try {
    return readFileSync(`${LINKS}/${name}/ifalias`, 'utf8').trim();
  } catch {
    return '';
  }
}
