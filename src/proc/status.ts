/** What /proc/PID/status says of rights, CPUs and signals: proc_pid_status(5), capabilities(7). */
import { readFileSync } from 'node:fs';

export interface Rights {
  /** Capability sets as the kernel prints them: 16 hexadecimal digits. */
  readonly effective: string;
  readonly bounding: string;
  /** Sudo has no effect in a process with PR_SET_NO_NEW_PRIVS. */
  readonly noNewPrivs: boolean;
  /** Whether a seccomp filter watches over the system calls. */
  readonly seccompFilter: boolean;
}

/** The capabilities that the steps use as root, by their bit. */
export const CAPABILITIES = {
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_NET_ADMIN: 12,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_ADMIN: 21,
} as const;

export type Capability = keyof typeof CAPABILITIES;

export function parseStatus(text: string): Rights {
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(text)?.[1] ?? '';
  return {
    effective: field('CapEff') || '0',
    bounding: field('CapBnd') || '0',
    noNewPrivs: field('NoNewPrivs') === '1',
    seccompFilter: field('Seccomp') === '2',
  };
}

/** Those capabilities that a set, in hexadecimal, lacks: of the kit's, or of others with their bits. */
export function lacking(set: string): Capability[];
export function lacking<Name extends string>(set: string, wanted: Readonly<Record<Name, number>>): Name[];
export function lacking(set: string, wanted: Readonly<Record<string, number>> = CAPABILITIES): string[] {
  const held = BigInt(`0x${set}`);
  return Object.entries(wanted).flatMap(([name, bit]) => (((held >> BigInt(bit)) & 1n) === 0n ? [name] : []));
}

/** The CPUs that this process may run on, in the kernel's notation, such as `0-3`. */
export function allowedCpus(): string {
  return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
}

/** What a process does with a signal; undefined for one that is not there. */
export function dispositionOf(pid: number, signal: number): 'catches' | 'ignores' | 'default' | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    if (hasBit(status, 'SigCgt', signal)) return 'catches';
    return hasBit(status, 'SigIgn', signal) ? 'ignores' : 'default';
  } catch {
    return undefined;
  }
}

/** Whether a mask of signals, as in SigCgt, holds one. */
function hasBit(status: string, field: string, signal: number): boolean {
  const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}
