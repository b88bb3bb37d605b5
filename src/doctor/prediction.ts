/** Where a step would fail, as far as the settings tell: for a user that this process cannot become. */

import type { Step } from '../lab/step.ts';
import { lacking } from '../proc/status.ts';
import type { Facts } from './facts.ts';
import { namespacesOf, type Who } from './needs.ts';
import type { Refusal } from './verdict.ts';

export function likelyFailure(step: Step, who: Who, facts: Facts): Refusal | undefined {
  const { missing, limits, usernsClone, apparmorRestricts } = facts.namespaces;
  const kinds = namespacesOf(step, who).map(({ kind }): string => kind);
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
export function sharedFailure(step: Step, facts: Facts, rootless: Refusal | null | undefined): Refusal | undefined {
  const { usernsClone, apparmorRestricts } = facts.namespaces;
  if (!rootless || usernsClone === 0 || apparmorRestricts) return undefined;
  const makesUserNamespace = step.has.has('user');
  return makesUserNamespace || facts.rights.seccompFilter ? rootless : undefined;
}

/** The same facts with the rights that `sudo` would bring: at most those of the bounding set. */
export function asSudo(facts: Facts): Facts {
  return { ...facts, rights: { ...facts.rights, effective: facts.rights.bounding } };
}

function refusal(text: string, errno: string): Refusal {
  return { call: text.replace(/\(.*/, ''), errno, text };
}
