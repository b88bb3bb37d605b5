/** Entering the namespaces of a process with nsenter(1). */
import { readFileSync } from 'node:fs';
import { NAMESPACES, type NamespaceKind } from './namespaces.ts';
import { lacking, parseStatus } from './status.ts';

/** The words that run a command in namespaces of a process: `nsenter -t 4711 --uts hostname`. */
export function nsenter(pid: number, namespaces: readonly NamespaceKind[], command: readonly string[]): string[] {
  const user = entersUserFirst() ? ['--user', '--preserve-credentials'] : [];
  const options = NAMESPACES.filter(({ kind }) => namespaces.includes(kind)).map((namespace) => namespace.nsenter);
  return ['nsenter', '-t', String(pid), ...user, ...options, ...command];
}

/**
 * Whether the way into a namespace leads through the user namespace that owns
 * it: without CAP_SYS_ADMIN a process has rights only there. Source: setns(2).
 */
export function entersUserFirst(): boolean {
  const { effective } = parseStatus(readFileSync('/proc/self/status', 'utf8'));
  return lacking(effective).includes('CAP_SYS_ADMIN');
}
