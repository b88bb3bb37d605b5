/** Who a program is, as the sandbox counts. The kernel tells the grader the host's ids: the rest is arithmetic. */
import type { IdRange } from '../proc/id-maps.ts';
import { insideId } from '../sandbox/identities.ts';
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** `USER:GROUP`. Each is four ids that can differ: real, effective, saved, and for files. Source: proc_pid_status(5). */
export function identityOf(trial: Trial, process: Process): Pick<Expectation, 'observed' | 'command'> {
  const { uids, gids } = trial.identities;
  return {
    observed: `${idsIn(process.status('Uid'), uids)}:${idsIn(process.status('Gid'), gids)}`,
    command: `grep -e Uid -e Gid /proc/${process.pid}/status`,
  };
}

function idsIn(line: string, ranges: readonly IdRange[]): string {
  const ids = line.split(/\s+/).map((id) => insideId(ranges, Number(id)) ?? 'nobody');
  return [...new Set(ids)].join(' ');
}
