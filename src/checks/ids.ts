/**
 * Ids as the sandbox counts, in which a submission's containers are. The kernel
 * tells this process the host's: the rest is arithmetic.
 */
import type { IdRange } from '../proc/id-maps.ts';
import { nsenter } from '../proc/nsenter.ts';
import { insideId } from '../sandbox/identities.ts';
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** A process's map: lines of `inside outside count`. */
export function idMapOf(trial: Trial, process: Process, which: 'uid' | 'gid'): { lines: string[]; command: string } {
  const { ranges, command } = asSeen(trial, which, ['cat', `/proc/${process.pid}/${which}_map`]);
  const lines = process.idMap(which).map((line) => `${line.inside} ${shown(ranges, line.outside)} ${line.count}`);
  return { lines, command };
}

/** `UID:GID` of a file in a process's working directory. Take a name that was drawn: see `Process.ownerOf`. */
export function ownerOf(trial: Trial, process: Process, name: string): Pick<Expectation, 'observed' | 'command'> {
  const owner = process.ownerOf(name);
  const { command } = asSeen(trial, 'uid', ['stat', '-c', '%u:%g', `/proc/${process.pid}/cwd/${name}`]);
  const { uids, gids } = trial.identities;
  return { observed: owner ? `${shown(uids, owner.uid)}:${shown(gids, owner.gid)}` : 'there is no such file', command };
}

function asSeen(trial: Trial, which: 'uid' | 'gid', command: readonly string[]) {
  const { uids, gids } = trial.identities;
  return {
    ranges: which === 'uid' ? uids : gids,
    command: nsenter(trial.parent.pid, ['user'], command).join(' '),
  };
}

function shown(ranges: readonly IdRange[], outside: number): string {
  return String(insideId(ranges, outside) ?? 'nobody');
}
