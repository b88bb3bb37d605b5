/**
 * What can be seen of a process from outside: the kernel's files under
 * /proc/PID, and its host name, which only a member of its UTS namespace sees.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostNameIn, linksIn } from './namespaces-view.ts';

/** Named lists of lines; a change is a line that comes or goes. A line may stand twice: mounts can cover each other. */
export type Snapshot = Readonly<Record<string, readonly string[]>>;

/** What a process has of its own, or undefined when it is gone. */
export function takeSnapshot(pid: number): Snapshot | undefined {
  const namespace = namespaces(pid);
  if (namespace.length === 0) return undefined;
  return {
    namespace,
    'host name': hostNameIn(pid),
    mount: lines(`/proc/${pid}/mountinfo`).map(mountText),
    uid_map: lines(`/proc/${pid}/uid_map`),
    gid_map: lines(`/proc/${pid}/gid_map`),
    setgroups: lines(`/proc/${pid}/setgroups`),
    'uid, gid': lines(`/proc/${pid}/status`).filter((line) => /^(Uid|Gid|Groups):/.test(line)),
    link: linksIn(pid),
    cgroup: lines(`/proc/${pid}/cgroup`),
    root: link(`/proc/${pid}/root`),
    cwd: link(`/proc/${pid}/cwd`),
  };
}

/** What the calls of the parent change around it. */
export function takeSnapshotOutside(): Snapshot {
  return { 'link outside': linksIn(process.pid) };
}

/** What differs, a line each: `- ` for what was, `+ ` for what is. */
export function changes(before: Snapshot, after: Snapshot): string[] {
  return Object.keys(after).flatMap((name) => {
    const was = before[name] ?? [];
    const is = after[name] ?? [];
    return [
      ...without(was, is).map((line) => `- ${name}: ${line}`),
      ...without(is, was).map((line) => `+ ${name}: ${line}`),
    ];
  });
}

/** The lines of `all` that `some` does not have, or has fewer of. */
function without(all: readonly string[], some: readonly string[]): string[] {
  const rest = [...some];
  return all.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

function namespaces(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/ns`)
      .filter((name) => !name.endsWith('_for_children'))
      .map((name) => readlinkSync(`/proc/${pid}/ns/${name}`));
  } catch {
    return [];
  }
}

/** proc(5), /proc/PID/mountinfo: where, what type, which source, and its propagation. */
function mountText(line: string): string {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , , where, , ...optional] = left.split(' ');
  const [type, source] = right.split(' ');
  return `${type} ${source} on ${where} (${optional.join(' ') || 'private'})`;
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.trim().replace(/\s+/g, ' '));
  } catch {
    return [];
  }
}

function link(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}
