/** The C program of reference/ as a contender. */
import { join } from 'node:path';
import { type ControlGroup, planControlGroup } from '../src/cgroups/control-group.ts';
import { programPath } from '../src/proc/programs.ts';
import { programOf } from '../src/run/program.ts';
import type { Settings } from '../src/settings/settings.ts';
import { idMaps } from '../src/settings/users.ts';
import { mapText } from '../src/steps/05-user.ts';
import { pathWrittenBy } from '../src/syscalls/files.ts';
import type { Contender } from './contest.ts';
import { stepAt } from './kit-worker.ts';
import { runProgram } from './run-program.ts';
import type { Workspace } from './workspace.ts';

/** The files that step 7 reads when it reports, of either version. */
const COUNTERS = [
  'memory.max_usage_in_bytes',
  'memory.peak',
  'memory.oom_control',
  'memory.events',
  'cpuset.effective_cpus',
  'cpuset.cpus.effective',
  'cpuacct.usage_percpu',
];

/** Makes `count` containers a turn, and one before that does not count. */
export function referenceContender(step: number, count: number, settings: Settings, workspace: Workspace): Contender {
  const { uids, gids } = idMaps(settings.users);
  const plan = planControlGroup(stepAt(step).has.has('limits') ? settings.resources : {}, workspace.owner);
  const group = groupWords(plan);
  const maps = [mapText(uids), mapText(gids)];
  const words = [
    String(step),
    String(count + 1),
    workspace.owner,
    ...maps,
    settings.root.path,
    programPath('nft') ?? 'nft',
    ...group,
  ];
  const env = environmentOf(step, settings, workspace.owner);
  return {
    name: 'C',
    async measure() {
      try {
        return (await runProgram(workspace.reference, words, { env })).slice(1);
      } catch (error) {
        await plan.remove();
        throw error;
      }
    },
  };
}

/** The environment that the kit would give to the same program. */
function environmentOf(step: number, settings: Settings, owner: string): NodeJS.ProcessEnv {
  const program = programOf({ step: stepAt(step), settings, rootless: false, owner });
  const environment = program[0]?.args[2] as readonly string[];
  return Object.fromEntries(
    environment.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** What reference/group.c is to do: the kit's plan for this machine, and its undoing. */
function groupWords({ create, directories }: ControlGroup): string[] {
  const before: string[] = [];
  const after: string[] = [];
  for (const call of create) {
    const [first, second] = call.args;
    const path = pathWrittenBy(call);
    if (call.tolerated) throw new Error('here the kit would move processes to make room for its cgroup');
    if (call.info.name === 'mkdirat') before.push('mkdir', String(second));
    if (path === undefined || typeof second !== 'string' || first === undefined) continue;
    before.push('write', path, second);
    if (path.endsWith('/cgroup.subtree_control')) after.push('write', path, second.replaceAll('+', '-'));
  }
  const counters = directories.flatMap((directory) => COUNTERS.map((name) => join(directory, name)));
  return [
    ...before,
    'end',
    ...counters.flatMap((path) => ['read', path]),
    ...directories.flatMap((d) => ['rmdir', d]),
    ...after,
  ];
}
