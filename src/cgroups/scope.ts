/**
 * A cgroup that systemd makes: a transient scope, asked for over D-Bus. On a
 * machine that systemd runs it is the one writer of the cgroup tree, but for
 * what it delegates. Sources: org.freedesktop.systemd1(5), systemd.scope(5),
 * docs/CGROUP_DELEGATION.md of systemd.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import { remove } from '../leftovers/cgroups.ts';
import type { Leftover } from '../leftovers/leftover.ts';
import { programPath } from '../proc/programs.ts';
import { countsAsTheMachine } from '../proc/stat.ts';
import { checkResources, cpuList, type Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { execve } from '../syscalls/processes.ts';
import { type ControlGroup, type Divider, delegate, setFreezer } from './control-group.ts';
import { limitDevices } from './devices.ts';
import { findHierarchies } from './hierarchies.ts';
import { thisMachine } from './machine.ts';
import { noPrograms } from './parents.ts';
import { reportOf } from './report.ts';
import { weightOfShares } from './weight.ts';

const WHERE = 'org.freedesktop.systemd1';
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Why systemd cannot be asked here, with what to do; undefined if it can.
 * Source: sd_booted(3).
 */
export function noSystemd(): string | undefined {
  const otherwise = 'Leave the option out: then the kit makes the cgroup itself.';
  if (!existsSync('/run/systemd/system')) return `systemd does not run on this machine. ${otherwise}`;
  // Of the same number, systemd would know another process, and move that.
  if (!countsAsTheMachine())
    return `processes have other numbers here than systemd knows, for this is a PID namespace of its own. ${otherwise}`;
  const { mountinfo, cgroup } = thisMachine();
  if (findHierarchies(mountinfo, cgroup).some(({ version }) => version === 1))
    return `this machine has cgroup v1, and the kit asks systemd only where there is v2 alone. ${otherwise}`;
  return programPath('busctl') ? undefined : 'it needs busctl, a program of systemd that is not installed here.';
}

/**
 * Plans a scope; nothing is asked for yet. Its limits are systemd's to set. It
 * goes when its last process does, and systemd keeps nothing of it.
 * @throws UsageError where systemd cannot be asked
 */
export function planScope(limits: Resources, name: string, divider?: Divider): ControlGroup {
  checkResources(limits);
  const { devices } = limits;
  const unit = `${name}.scope`;
  const { slice, above, options } = manager();
  const directory = join(above, slice, unit);
  const leftovers: Leftover<'cgroup'>[] = [{ kind: 'cgroup', directory }];
  return {
    missing: devices && !thisMachine().mayLoadPrograms ? [`devices: ${noPrograms}`] : [],
    directories: [directory],
    create: [],
    join: () => [],
    freeze: () => setFreezer([directory], 'frozen'),
    thaw: () => setFreezer([directory], 'thawed'),
    report: () => reportOf(limits, [directory]),
    leftovers,
    remove: async () => {
      for (const leftover of leftovers) await remove(leftover);
    },
    scope: {
      ask: (pid) => askFor(pid, unit, [...options, ...requestFor(pid, unit, slice, limits)]),
      afterwards: [
        ...(divider ? delegate(directory, divider) : []),
        ...(devices && thisMachine().mayLoadPrograms ? limitDevices(directory, devices) : []),
      ],
      refused: `systemd has not made ${unit}: busctl says above why. Leave --cgroup-driver out, and the kit makes the cgroup itself.`,
    },
  };
}

interface Manager {
  readonly slice: string;
  /** The cgroup that it hands out from. */
  readonly above: string;
  readonly options: readonly string[];
}

/** Root asks the system's manager, everybody else their own. @throws UsageError where it does not answer */
function manager(): Manager {
  const { mountPoint = '/sys/fs/cgroup' } = unified() ?? {};
  if (process.geteuid?.() === 0) return { slice: 'system.slice', above: mountPoint, options: [] };
  const words = ['--user', 'get-property', WHERE, '/org/freedesktop/systemd1', `${WHERE}.Manager`, 'ControlGroup'];
  try {
    const answer = execFileSync('busctl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const path = /"(.*)"/.exec(answer)?.[1] ?? '';
    return { slice: 'app.slice', above: join(mountPoint, path), options: ['--user'] };
  } catch {
    throw new UsageError(
      '--cgroup-driver: this user has no systemd that answers. Log in anew (`machinectl shell` does), or leave the option out.',
    );
  }
}

function unified() {
  const { mountinfo, cgroup } = thisMachine();
  return findHierarchies(mountinfo, cgroup).find(({ version }) => version === 2);
}

function askFor(pid: number, unit: string, words: readonly string[]): Call[] {
  const script = readFileSync(new URL('scope.sh', import.meta.url), 'utf8');
  const bus = ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'].flatMap((variable) =>
    process.env[variable] === undefined ? [] : [`${variable}=${process.env[variable]}`],
  );
  return [execve('/bin/sh', ['sh', '-c', script, 'scope', String(pid), unit, ...words], [PATH, ...bus])];
}

/** The words of `busctl call`: a property is a name, a type, a value. */
function requestFor(pid: number, unit: string, slice: string, limits: Resources): string[] {
  const properties = [
    ['Description', 's', 'a container of the container lab'],
    ['PIDs', 'au', '1', String(pid)],
    ['Slice', 's', slice],
    ['Delegate', 'b', 'true'],
    ['CollectMode', 's', 'inactive-or-failed'],
    ...propertiesOf(limits),
  ];
  return [
    ...['--quiet', '--allow-interactive-authorization=no', 'call'],
    ...[WHERE, '/org/freedesktop/systemd1', `${WHERE}.Manager`, 'StartTransientUnit', 'ssa(sv)a(sa(sv))'],
    ...[unit, 'fail', String(properties.length), ...properties.flat(), '0'],
  ];
}

/** Limits as systemd calls them: systemd.resource-control(5). */
function propertiesOf({ memory, cpus, cpuShares, cpusetCpus, pids, deviceWriteBps }: Resources): string[][] {
  const row = (name: string, type: string, value?: number | readonly (number | string)[]) =>
    value === undefined ? [] : [[name, type, ...[value].flat().map(String)]];
  return [
    ...row('MemoryMax', 't', memory),
    ...row('MemorySwapMax', 't', memory && 0),
    ...row('CPUQuotaPerSecUSec', 't', cpus && Math.round(cpus * 1_000_000)),
    ...row('CPUWeight', 't', cpuShares && weightOfShares(cpuShares)),
    ...row('AllowedCPUs', 'ay', cpusetCpus === undefined ? undefined : bitmap(cpuList(cpusetCpus))),
    ...row('TasksMax', 't', pids),
    ...row('IOWriteBandwidthMax', 'a(st)', deviceWriteBps && [1, process.cwd(), deviceWriteBps]),
  ];
}

/** A bit for each CPU: how many bytes there are, and the bytes. */
function bitmap(cpus: readonly number[]): number[] {
  const bytes = new Array<number>(Math.floor(Math.max(...cpus) / 8) + 1).fill(0);
  for (const cpu of cpus) bytes[cpu >> 3] = (bytes[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  return [bytes.length, ...bytes];
}
