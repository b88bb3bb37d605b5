/** The kernel's settings that limit namespaces, as texts of /proc/sys. */
import { KINDS } from './needs.ts';

/** Gives the text of a file, or undefined if it cannot be read. */
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
  const limits = KINDS.flatMap(({ name }) => {
    const limit = number(read(`/proc/sys/user/max_${name}_namespaces`));
    return limit === undefined ? [] : [[name, limit] as const];
  });
  return {
    limits: Object.fromEntries(limits),
    usernsClone: number(read('/proc/sys/kernel/unprivileged_userns_clone')),
    apparmorRestricts: number(read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) === 1,
    missing: KINDS.map(({ name }) => name).filter((name) => !exists(`/proc/self/ns/${name}`)),
  };
}

function number(text: string | undefined): number | undefined {
  return text === undefined || text.trim() === '' ? undefined : Number(text);
}

/** 1 for the first WSL, which has no Linux kernel; 2 for the second, which has. */
export function wslVersion(procVersion: string): 1 | 2 | undefined {
  if (/WSL2|microsoft-standard/.test(procVersion)) return 2;
  return /Microsoft/.test(procVersion) ? 1 : undefined;
}
