/** What can be read about this machine without trying anything. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { parseStatus, type Rights } from '../proc/status.ts';
import { type CgroupFacts, findCgroups } from './cgroup-facts.ts';
import { isInitialMap } from './id-map.ts';
import { coversOfProc, type Propagation, rootPropagation } from './mount-facts.ts';
import { type NamespaceSettings, readNamespaceSettings, wslVersion } from './settings-facts.ts';

export interface Facts {
  readonly kernel: string;
  readonly architecture: string;
  readonly wsl: 1 | 2 | undefined;
  /** `docker`, `podman` or another, if this is the inside of a container. */
  readonly container: string | undefined;
  readonly uid: number;
  /** Whether this is a user namespace other than the machine's first. */
  readonly nestedUser: boolean;
  readonly rights: Rights;
  readonly namespaces: NamespaceSettings;
  /** Active security modules, such as `apparmor`; empty if the kernel does not tell. */
  readonly securityModules: readonly string[];
  /** How a security module labels this process, such as `docker-default (enforce)`. */
  readonly label: string | undefined;
  readonly cgroups: CgroupFacts;
  /** Mounts that hide parts of /proc. */
  readonly procCovers: readonly string[];
  /** Undefined in a chroot. */
  readonly rootPropagation: Propagation | undefined;
  readonly ipForward: boolean | undefined;
  readonly tools: { readonly ip: boolean; readonly compiler: boolean };
}

export function readFacts(): Facts {
  const mountinfo = read('/proc/self/mountinfo') ?? '';
  const forward = read('/proc/sys/net/ipv4/ip_forward')?.trim();
  return {
    kernel: release(),
    architecture: arch(),
    wsl: wslVersion(read('/proc/version') ?? ''),
    container: container(),
    uid: process.geteuid?.() ?? 0,
    nestedUser: !isInitialMap(read('/proc/self/uid_map') ?? ''),
    rights: parseStatus(read('/proc/self/status') ?? ''),
    namespaces: readNamespaceSettings(read, existsSync),
    securityModules: (read('/sys/kernel/security/lsm') ?? '').trim().split(',').filter(Boolean),
    label: read('/proc/self/attr/current')?.split(/[\0\n]/)[0] || undefined,
    cgroups: findCgroups(
      mountinfo,
      read('/proc/self/cgroup') ?? '',
      (path) => read(join(path, 'cgroup.controllers')) ?? '',
    ),
    procCovers: coversOfProc(mountinfo),
    rootPropagation: rootPropagation(mountinfo),
    ipForward: forward === undefined ? undefined : forward === '1',
    tools: { ip: inPath('ip'), compiler: inPath(process.env.CC ?? 'cc') },
  };
}

/** The text of a file, or undefined if it is not there or not for this user. */
export function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function container(): string | undefined {
  // A machine can be booted from a container's image; then the kernel's own threads are in sight.
  if (read('/proc/2/comm')?.trim() === 'kthreadd') return undefined;
  if (existsSync('/.dockerenv')) return 'docker';
  if (existsSync('/run/.containerenv')) return 'podman';
  return read('/run/systemd/container')?.trim() || undefined;
}

/** Some users' PATH lacks the sbin directories, where iproute2 lives. */
function inPath(program: string): boolean {
  if (program.includes('/')) return isExecutable(program);
  const directories = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return directories.some((directory) => isExecutable(join(directory, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
