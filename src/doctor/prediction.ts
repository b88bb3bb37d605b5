/** Where a step would fail, as far as the settings tell: for a user whom one cannot be. */

import { lacking } from '../proc/status.ts';
import type { Facts } from './facts.ts';
import { kindsOf, type Who } from './needs.ts';
import type { Failure } from './verdict.ts';

export function likelyFailure(step: number, who: Who, facts: Facts): Failure | undefined {
  const { missing, limits, usernsClone, apparmorRestricts } = facts.namespaces;
  const kinds = kindsOf(step, who).map(({ name }) => name as string);
  if (kinds.length === 0) return undefined;
  const inUserNamespace = kinds.includes('user');
  if (facts.wsl === 1 || kinds.some((kind) => missing.includes(kind))) return refusal('clone', 'EINVAL');
  if (kinds.some((kind) => limits[kind] === 0)) return refusal('clone', 'ENOSPC');
  if (inUserNamespace && facts.rootPropagation === undefined) return refusal('clone', 'EPERM');
  if (who === 'root' && !inUserNamespace && lacking(facts.rights.effective).includes('CAP_SYS_ADMIN'))
    return refusal('clone', 'EPERM');
  if (who === 'rootless' && (usernsClone === 0 || apparmorRestricts)) return refusal('clone', 'EPERM');
  if (who === 'rootless' && facts.container !== undefined && facts.rights.seccompFilter)
    return refusal('clone', 'EPERM');
  if (inUserNamespace && kinds.includes('mnt') && facts.procCovers.length > 0)
    return refusal('mount("proc", …)', 'EPERM');
  return undefined;
}

/**
 * What stopped an ordinary user and would stop root, too: a seccomp filter
 * outlives sudo, and from step 5 on root makes a user namespace as well.
 */
export function sharedFailure(step: number, facts: Facts, rootless: Failure | null | undefined): Failure | undefined {
  const { usernsClone, apparmorRestricts } = facts.namespaces;
  if (!rootless || usernsClone === 0 || apparmorRestricts) return undefined;
  const makesUserNamespace = kindsOf(step, 'root').some(({ name }) => name === 'user');
  return makesUserNamespace || facts.rights.seccompFilter ? rootless : undefined;
}

/** The same facts with the rights that `sudo` would bring: at most those of the bounding set. */
export function asSudo(facts: Facts): Facts {
  return { ...facts, rights: { ...facts.rights, effective: facts.rights.bounding } };
}

function refusal(text: string, errno: string): Failure {
  return { call: text.replace(/\(.*/, ''), errno, text };
}
