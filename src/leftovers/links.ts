/**
 * Network interfaces. The alias of one names its run; before it has one, in the
 * moment after the pair was made, the other end's name does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { CallFailure } from '../executor/failure.ts';
import { perform } from '../executor/perform.ts';
import { deleteLink, request } from '../syscalls/netlink.ts';
import type { Leftover } from './leftover.ts';
import { isMarkOf, isOverLink } from './owner.ts';

const LINKS = '/sys/class/net';

export function find(owner?: string): Leftover<'link'>[] {
  const names = linkNames();
  const found = names.filter(
    (name) => isMarkOf(aliasOf(name), owner) || (owner === undefined && isOverLink(name) && isFreshPair(name, names)),
  );
  return found.map((name) => ({ kind: 'link', index: indexOf(name) }));
}

/** Links of other users stay; with one end of a pair the other goes, too. */
export async function remove({ index }: Leftover<'link'>): Promise<string | undefined> {
  const name = linkNames().find((candidate) => indexOf(candidate) === index);
  try {
    perform(request(deleteLink(index)));
    return name ?? String(index);
  } catch (error) {
    // Gone already, or only root may remove it.
    if (error instanceof CallFailure && (error.errno === 'ENODEV' || error.errno === 'EPERM')) return undefined;
    throw error;
  }
}

/** Others may have named a link like that, too: the other end must be here, be a `lab0` or the like, and bear no alias. */
function isFreshPair(name: string, names: readonly string[]): boolean {
  const index = read(`${LINKS}/${name}/iflink`);
  const other = names.find((candidate) => candidate !== name && read(`${LINKS}/${candidate}/ifindex`) === index);
  return other !== undefined && /^lab\d+$/.test(other) && aliasOf(name) === '' && aliasOf(other) === '';
}

/** Without /sys there is nothing to be found. */
function linkNames(): string[] {
  try {
    return readdirSync(LINKS);
  } catch {
    return [];
  }
}

function indexOf(name: string): number {
  return Number(read(`${LINKS}/${name}/ifindex`));
}

function aliasOf(name: string): string {
  return read(`${LINKS}/${name}/ifalias`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
