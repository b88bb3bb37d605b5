/** What can be read about this machine without trying anything. */
import { existsSync, readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { compilerWords } from '../../native/build.mjs';
import { findHierarchies } from '../cgroups/hierarchies.ts';
import { isInitialMap } from '../proc/id-maps.ts';
import { parseMountinfo } from '../proc/mountinfo.ts';
import { NAMESPACES } from '../proc/namespaces.ts';
import { programPath } from '../proc/programs.ts';
import { parseStatus, type Rights } from '../proc/status.ts';

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
  readonly tools: { readonly ip: boolean; readonly compiler: boolean; readonly nft: boolean };
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
    tools: {
      ip: programPath('ip') !== undefined,
      compiler: programPath(compilerWords()[0] ?? '') !== undefined,
      nft: programPath('nft') !== undefined,
    },
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

export interface CgroupFacts {
  readonly mode: 'v1' | 'hybrid' | 'v2' | 'none';
  readonly hierarchies: readonly {
    readonly version: 1 | 2;
    readonly path: string;
    readonly readOnly: boolean;
    readonly controllers: readonly string[];
  }[];
}

/**
 * Finds the hierarchies in /proc/self/mountinfo and /proc/self/cgroup;
 * `controllersAt` reads the cgroup.controllers file of a v2 mount.
 */
export function findCgroups(mountinfo: string, cgroup: string, controllersAt: (path: string) => string): CgroupFacts {
  const found = findHierarchies(mountinfo, cgroup);
  const hierarchies = found.map(({ version, mountPoint, readOnly, controllers }) => ({
    version,
    path: mountPoint,
    readOnly,
    controllers: version === 1 ? controllers : controllersAt(mountPoint).split(/\s+/).filter(Boolean),
  }));
  const v1 = found.some(({ version }) => version === 1);
  const v2 = found.some(({ version }) => version === 2);
  return { mode: v1 ? (v2 ? 'hybrid' : 'v1') : v2 ? 'v2' : 'none', hierarchies };
}

export type Propagation = 'shared' | 'slave' | 'private';

/**
 * What hides parts of /proc. In a user namespace the kernel refuses a new proc
 * while every proc in sight is partly covered, for it would show what is
 * hidden. It does not count a directory that is always empty, as that of
 * binfmt_misc is.
 */
export function coversOfProc(mountinfo: string): string[] {
  return parseMountinfo(mountinfo)
    .map(({ mountPoint }) => mountPoint)
    .filter((path) => path.startsWith('/proc/') && path !== '/proc/sys/fs/binfmt_misc');
}

/** How mounts at `/` spread to other mount namespaces; undefined if `/` is no mount point, as in a chroot. */
export function rootPropagation(mountinfo: string): Propagation | undefined {
  // The last mount on a directory is the one that is seen.
  const line = mountinfo.split('\n').findLast((row) => row.split(' ')[4] === '/');
  if (line === undefined) return undefined;
  const optional = line.slice(0, line.indexOf(' - '));
  if (/ shared:\d+/.test(optional)) return 'shared';
  return / master:\d+/.test(optional) ? 'slave' : 'private';
}

/** Returns the text of a file, or undefined if it cannot be read. */
export type Read = (path: string) => string | undefined;

export interface NamespaceSettings {
  /** user.max_*_namespaces of this user namespace, by kind; what is absent has no limit. */
  readonly limits: Readonly<Record<string, number>>;
  /** kernel.unprivileged_userns_clone: Debian's own; undefined elsewhere. */
  readonly usernsClone: number | undefined;
  /** kernel.apparmor_restrict_unprivileged_userns: Ubuntu's. */
  readonly apparmorRestricts: boolean;
  /** Kinds that this kernel lacks. */
  readonly missing: readonly string[];
}

export function readNamespaceSettings(read: Read, exists: (path: string) => boolean): NamespaceSettings {
  const limits = NAMESPACES.flatMap(({ kind }) => {
    const limit = numberIn(read(`/proc/sys/user/max_${kind}_namespaces`));
    return limit === undefined ? [] : [[kind, limit] as const];
  });
  return {
    limits: Object.fromEntries(limits),
    usernsClone: numberIn(read('/proc/sys/kernel/unprivileged_userns_clone')),
    apparmorRestricts: numberIn(read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) === 1,
    missing: NAMESPACES.map(({ kind }) => kind).filter((kind) => !exists(`/proc/self/ns/${kind}`)),
  };
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined || text.trim() === '' ? undefined : Number(text);
}

/** 1 for the first WSL, which has no Linux kernel; 2 for the second, which has. */
export function wslVersion(procVersion: string): 1 | 2 | undefined {
  if (/WSL2|microsoft-standard/.test(procVersion)) return 2;
  return /Microsoft/.test(procVersion) ? 1 : undefined;
}
