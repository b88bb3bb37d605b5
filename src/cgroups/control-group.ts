/**
 * The cgroup of one container: planned first, made by performing `create`, and
 * removed with all that is in it.
 */
import { join } from 'node:path';
import { remove } from '../leftovers/cgroups.ts';
import type { Leftover } from '../leftovers/leftover.ts';
import { checkResources, type Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { mkdir, writeFile, writeTexts } from '../syscalls/files.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type PlannedGroup, planGroups } from './plan.ts';
import { reportOf } from './report.ts';
import { moveDown } from './v2-leaf.ts';

export interface ControlGroup {
  /** What cannot be limited here: one line per reason, which begins with the controllers' names. */
  readonly missing: readonly string[];
  /** Makes the cgroup, in every hierarchy that is needed, and sets the limits. */
  readonly create: readonly Call[];
  /** The directories that `create` makes, one per hierarchy. */
  readonly directories: readonly string[];
  /** Puts a process in; the children that it has from then on are in it too. */
  join(pid: number): readonly Call[];
  /** What the kernel counted, as lines; call it after the run and before `remove`. */
  report(): string[];
  /** What outlives the run, to be noted before `create` is performed. */
  readonly leftovers: readonly Leftover<'cgroup'>[];
  /**
   * Kills what is still in and removes the cgroup. May be called more than once.
   * @throws Error that names what is left, if something is after 2 s.
   */
  remove(): Promise<void>;
}

/**
 * Plans a cgroup below our own; nothing is changed yet. `name` comes from newOwnerName();
 * `facts` replaces what this machine says of itself.
 *
 * On v2 it can be that the parent does not hand out a controller yet. Then
 * `create` writes the parent's cgroup.subtree_control, the one change to
 * something that is not ours, and `remove` takes it back.
 * @throws RangeError for a limit that makes no sense.
 */
export function planControlGroup(limits: Resources, name: string, facts: Partial<Machine> = {}): ControlGroup {
  checkResources(limits);
  const isLimited = Object.values(limits).some((limit) => limit !== undefined);
  const { groups, missing } = isLimited ? planGroups(limits, name, { ...thisMachine(), ...facts }) : NOTHING;
  const directories = groups.map(({ directory }) => directory);
  const leftovers = groups.map(
    ({ directory, enable }): Leftover<'cgroup'> => ({ kind: 'cgroup', directory, enabled: enable }),
  );
  return {
    missing,
    directories,
    create: groups.flatMap(createCalls),
    join: (pid) => directories.flatMap((directory) => writeFile(join(directory, 'cgroup.procs'), String(pid))),
    report: () => reportOf(limits, directories),
    leftovers,
    remove: async () => {
      for (const leftover of leftovers) await remove(leftover);
    },
  };
}

const NOTHING = { groups: [], missing: [] };

function createCalls({ parent, directory, enable, leaf, files, calls }: PlannedGroup): Call[] {
  const plus = enable.map((controller) => `+${controller}`).join(' ');
  return [
    // First, so that `remove` can tell by the directory whether there is anything to undo.
    mkdir(directory),
    ...(leaf ? moveDown(leaf) : []),
    ...(plus ? writeFile(join(parent, 'cgroup.subtree_control'), plus) : []),
    ...files.flatMap(({ file, texts }) => writeTexts(join(directory, file), texts)),
    ...calls,
  ];
}
