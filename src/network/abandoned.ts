/**
 * Veth links that a dead run has left. Their alias names the run; before they
 * have one, in the moment after they were made, the other end's name does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { CallFailure } from '../executor/failure.ts';
import { perform } from '../executor/perform.ts';
import { isAbandoned, isAbandonedLink } from '../lab/owner.ts';
import { deleteLink, request } from '../syscalls/netlink.ts';

const LINKS = '/sys/class/net';

/** Removes them and gives their names; links of other users stay. */
export async function removeAbandonedLinks(): Promise<string[]> {
  const names = readdirSync(LINKS);
  const abandoned = names.filter(
    (name) => isAbandoned(aliasOf(name)) || (isAbandonedLink(name) && isFreshPair(name, names)),
  );
  const removed: string[] = [];
  for (const name of abandoned) {
    const index = Number(read(`${LINKS}/${name}/ifindex`));
    if (index === 0) continue; // it went with its other end, which was also on the list
    try {
      perform(request(deleteLink(index)));
      removed.push(name);
    } catch (error) {
      // Its other end went meanwhile, or only root may remove it.
      if (!(error instanceof CallFailure && (error.errno === 'ENODEV' || error.errno === 'EPERM'))) throw error;
    }
  }
  return removed;
}

/** Others may have named a link like that, too: the other end must be here, be a `lab0` or the like, and bear no alias. */
function isFreshPair(name: string, names: readonly string[]): boolean {
  const index = read(`${LINKS}/${name}/iflink`);
  const other = names.find((candidate) => candidate !== name && read(`${LINKS}/${candidate}/ifindex`) === index);
  return other !== undefined && /^lab\d+$/.test(other) && aliasOf(name) === '' && aliasOf(other) === '';
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
