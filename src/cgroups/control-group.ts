/**
 * The cgroup of one container: planned first, made by performing `create`, and
 * removed with all that is in it.
 */
import { join } from 'node:path';
import { remove } from '../leftovers/cgroups.ts';
import { freezerOf } from '../leftovers/freezer.ts';
import type { Leftover } from '../leftovers/leftover.ts';
import { checkResources, type Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { chown, mkdir, writeFile, writeTexts } from '../syscalls/files.ts';
import { type Machine, thisMachine } from './machine.ts';
import { type PlannedGroup, planGroups } from './plan.ts';
import { reportOf } from './report.ts';
import { moveDown } from './v2-leaf.ts';

/** Who may divide a cgroup, as ids of the host. */
export interface Divider {
  readonly uid: number;
  readonly gid: number;
}

export interface Scope {
  /** What a helper does: it asks systemd to make the scope around a process, and waits until that is in it. */
  ask(pid: number): readonly Call[];
  /** Once it is there: gives it to root inside, and sets what is no file's. */
  readonly afterwards: readonly Call[];
  /** What is said if the helper fails; busctl has said why. */
  readonly refused: string;
}

export interface ControlGroup {
  /** What cannot be limited here: one line per reason, which begins with the controllers' names. */
  readonly missing: readonly string[];
  /** Makes the cgroup, in every hierarchy that is needed, and sets the limits. */
  readonly create: readonly Call[];
  /** The directories that `create` makes, one per hierarchy. */
  readonly directories: readonly string[];
  /** Puts a process in; the children that it has from then on are in it too. */
  join(pid: number): readonly Call[];
  /** Lets all of its processes stand still, and does not wait until they do. Without `always` it can be that nothing here does that. */
  freeze(): readonly Call[];
  /** Lets them go on. */
  thaw(): readonly Call[];
  /** What the kernel counted, as lines; call it after the run and before `remove`. */
  report(): string[];
  /** What outlives the run, to be noted before `create` is performed. */
  readonly leftovers: readonly Leftover<'cgroup'>[];
  /**
   * Kills what is still in and removes the cgroup. May be called more than once.
   * @throws Error that names what is left, if something is after 2 s.
   */
  remove(): Promise<void>;
  /** Where systemd is to make it: see scope.ts. */
  readonly scope?: Scope;
}

/** What a cgroup is for besides limits. */
export interface Purpose {
  /** There is one in any case, which can be frozen. */
  readonly always?: boolean;
  /** In cgroup v2 they may divide it. */
  readonly divider?: Divider | undefined;
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
export function planControlGroup(
  limits: Resources,
  name: string,
  facts: Partial<Machine> = {},
  purpose: Purpose = {},
): ControlGroup {
  const { always = false, divider } = purpose;
  checkResources(limits);
  const isNeeded = always || Object.values(limits).some((limit) => limit !== undefined);
  const { groups, missing } = isNeeded ? planGroups(limits, name, { ...thisMachine(), ...facts }, always) : NOTHING;
  const directories = groups.map(({ directory }) => directory);
  const leftovers = groups.map(
    ({ directory, enable }): Leftover<'cgroup'> => ({ kind: 'cgroup', directory, enabled: enable }),
  );
  return {
    missing,
    directories,
    create: groups.flatMap((group) => [
      ...createCalls(group),
      ...(divider && group.version === 2 ? delegate(group.directory, divider) : []),
    ]),
    join: (pid) => directories.flatMap((directory) => writeFile(join(directory, 'cgroup.procs'), String(pid))),
    freeze: () => setFreezer(directories, 'frozen'),
    thaw: () => setFreezer(directories, 'thawed'),
    report: () => reportOf(limits, directories),
    leftovers,
    remove: async () => {
      for (const leftover of leftovers) await remove(leftover);
    },
  };
}

const NOTHING = { groups: [], missing: [] };

/** Of those that can be frozen the one of cgroup v1, if it is there, as docker does. */
export function setFreezer(directories: readonly string[], state: 'frozen' | 'thawed'): Call[] {
  const found = directories.flatMap((directory) => {
    const freezer = freezerOf(directory);
    return freezer ? [{ directory, ...freezer }] : [];
  });
  const chosen = found.find(({ file }) => file === 'freezer.state') ?? found[0];
  return chosen ? writeFile(join(chosen.directory, chosen.file), chosen[state]) : [];
}

const DELEGATED = ['', 'cgroup.procs', 'cgroup.threads', 'cgroup.subtree_control'];

/** Lets somebody divide a cgroup of v2; its limits are not theirs to set. Source: cgroups(7), Cgroups delegation. */
export function delegate(directory: string, { uid, gid }: Divider): Call[] {
  return DELEGATED.map((file) => chown(join(directory, file), uid, gid));
}

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
