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

export interface ShownMap {
  readonly lines: string[];
  /** To be said behind the lines, if by now there are others. */
  readonly when: string;
  readonly command: string;
}

/** The map that a program began with: lines of `inside outside count`. @throws CheckFailed if it has become another program since */
export function idMapOf(trial: Trial, program: Process, which: 'uid' | 'gid'): ShownMap {
  const { ranges, command } = asSeen(trial, which, ['cat', `/proc/${program.pid}/${which}_map`]);
  const linesOf = (process: Process) =>
    process.idMap(which).map((line) => `${line.inside} ${shown(ranges, line.outside)} ${line.count}`);
  const now = linesOf(program);
  const lines = linesOf(trial.beginningOf(program) ?? program);
  return { lines, when: lines.join() === now.join() ? '' : ', when the program began', command };
}

/** `USER:GROUP` of a process. Each is four ids that can differ: real, effective, saved, and for files. Source: proc_pid_status(5). */
export function identityOf({ identities }: Trial, process: Process): Pick<Expectation, 'observed' | 'command'> {
  const shownIds = (line: string, ranges: readonly IdRange[]) =>
    [...new Set(line.split(/\s+/).map((id) => shown(ranges, Number(id))))].join(' ');
  return {
    observed: `${shownIds(process.status('Uid'), identities.uids)}:${shownIds(process.status('Gid'), identities.gids)}`,
    command: `grep -e Uid -e Gid /proc/${process.pid}/status`,
  };
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
