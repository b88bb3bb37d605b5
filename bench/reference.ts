/** The C program of reference/ as a contender. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlGroup, planControlGroup } from '../src/cgroups/control-group.ts';
import { mountsOf } from '../src/cgroups/mounts.ts';
import type { Step } from '../src/lab/step.ts';
import { programPath } from '../src/proc/programs.ts';
import { programOf } from '../src/run/program.ts';
import type { Settings } from '../src/settings/settings.ts';
import { idMaps, rootOutside } from '../src/settings/users.ts';
import { mapText } from '../src/steps/05-user.ts';
import { deviceRules } from '../src/steps/12-devices.ts';
import { filterOf } from '../src/steps/12-filter.ts';
import type { Call } from '../src/syscalls/call.ts';
import { pathWrittenBy } from '../src/syscalls/files.ts';
import { BPF } from '../src/syscalls/flags.ts';
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
export function referenceContender(number: number, count: number, settings: Settings, workspace: Workspace): Contender {
  const { uids, gids } = idMaps(settings.users);
  const plan = planGroup(stepAt(number), settings, workspace.owner);
  const words = [
    ...[String(number), String(count + 1), workspace.owner, mapText(uids), mapText(gids), settings.root.path],
    programPath('nft') ?? 'nft',
    filterFile(settings, workspace),
    ...groupWords(plan, workspace),
  ];
  const env = environmentOf(number, settings, workspace.owner);
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

/** The cgroup that a step would make. */
function planGroup({ has }: Step, { resources, devices, users }: Settings, owner: string): ControlGroup {
  const limits = has.has('confinement') ? { ...resources, devices: deviceRules(devices) } : resources;
  const divider = process.geteuid?.() === 0 ? rootOutside(users) : undefined;
  const purpose = has.has('cgroup') ? { always: true, divider } : {};
  return planControlGroup(has.has('limits') ? limits : {}, owner, {}, purpose);
}

/** A file with the seccomp filter that step 12 would install. */
export function filterFile({ rights }: Settings, { directory }: Workspace): string {
  const path = join(directory, 'filter');
  const [call] = filterOf(rights);
  if (call) writeFileSync(path, bytesBehind(call));
  return path;
}

/** The instructions that a call hands over: what its first pointer leads to. */
function bytesBehind({ args }: Call): Uint8Array {
  for (const argument of args) {
    if (argument === null || typeof argument !== 'object' || !('pointers' in argument)) continue;
    const [first] = argument.pointers ?? [];
    if (first && typeof first.to === 'object' && 'bytes' in first.to) return first.to.bytes;
  }
  throw new TypeError('The call hands over no program.');
}

/** The environment that the kit would give to the same program. */
function environmentOf(number: number, settings: Settings, owner: string): NodeJS.ProcessEnv {
  const program = programOf({ step: stepAt(number), settings, rootless: false, owner });
  const environment = program[0]?.args[2] as readonly string[];
  return Object.fromEntries(
    environment.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** What reference/group.c is to do: the kit's plan for this machine, and its undoing. */
function groupWords({ create, directories }: ControlGroup, { directory }: Workspace): string[] {
  const before: string[] = [];
  const after: string[] = [];
  for (const call of create) {
    const [first, second, ...rest] = call.args;
    const path = pathWrittenBy(call);
    if (call.tolerated) throw new Error('here the kit would move processes to make room for its cgroup');
    if (call.info.name === 'mkdirat') before.push('mkdir', String(second));
    if (call.info.name === 'fchownat') before.push('chown', ...[second, ...rest.slice(0, 2)].map(String));
    if (call.info.name === 'bpf' && first === BPF.BPF_PROG_LOAD) {
      const program = join(directory, 'devices');
      writeFileSync(program, bytesBehind(call));
      before.push('devices', directories[0] ?? '', program);
    }
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
    'end',
    ...mountsOf(directories).flatMap(({ name, type, options }) => [name, type, options ?? '']),
  ];
}
