/** The facts as rows of text. */

import type { Policy } from '../network/firewall.ts';
import { lacking } from '../proc/status.ts';
import { steps } from '../steps/index.ts';
import type { Facts } from './facts.ts';
import { stepList } from './findings.ts';

export type Row = readonly [label: string, text: string];

export function describe(facts: Facts, policy: Policy): Row[] {
  return [
    ['kernel', `Linux ${facts.kernel}, ${facts.architecture}${facts.wsl ? `, WSL ${facts.wsl}` : ''}`],
    ['user', userText(facts)],
    ...(facts.container ? [['inside of', `a container (${facts.container})`] as const] : []),
    ['cgroups', cgroupText(facts)],
    ['security', securityText(facts)],
    ['mounts', mountText(facts)],
    ['network', networkText(facts, policy)],
    ['tools', toolsText(facts)],
  ];
}

function userText({ uid, nestedUser, rights }: Facts): string {
  const lost = lacking(rights.effective);
  return [
    uid === 0 ? 'root' : `user ${uid}`,
    ...(nestedUser ? ['in a user namespace that is not the first'] : []),
    ...(uid === 0 ? [lost.length > 0 ? `without ${lost.join(', ')}` : 'with every capability that the steps use'] : []),
    ...(rights.noNewPrivs ? ['no_new_privs: sudo has no effect in this shell'] : []),
  ].join(', ');
}

function cgroupText({ cgroups: { mode, hierarchies } }: Facts): string {
  if (mode === 'none') return 'none mounted';
  const shown = hierarchies
    .filter(({ controllers, version }) => version === 2 || controllers.some((name) => !name.startsWith('name=')))
    .map(({ version, path, controllers }) => ({ version, path, names: controllers.join(' ') || 'no controllers' }));
  const v1 = shown.filter(({ version }) => version === 1).map(({ names }) => names);
  const v2 = shown.filter(({ version }) => version === 2).map(({ names, path }) => `v2 at ${path}: ${names}`);
  const frozen = hierarchies.every(({ readOnly }) => readOnly) ? ['all read-only'] : [];
  return [mode, ...frozen, ...(v1.length > 0 ? [`v1: ${v1.join(' ')}`] : []), ...v2].join('; ');
}

function securityText({ securityModules, label, rights, namespaces }: Facts): string {
  return [
    securityModules.length > 0 ? `modules ${securityModules.join(', ')}` : 'the kernel names no modules',
    ...(label ? [`this process is ${label}`] : []),
    rights.seccompFilter ? 'a seccomp filter is at work' : 'no seccomp filter',
    ...(namespaces.apparmorRestricts ? ['AppArmor restricts user namespaces'] : []),
    ...(namespaces.usernsClone === 0 ? ['unprivileged_userns_clone is 0'] : []),
  ].join('; ');
}

function mountText({ rootPropagation, procCovers }: Facts): string {
  const root = {
    shared: '/ is shared. That is fine: from step 4 on, the child makes its own tree private first',
    slave: '/ is a slave: it receives mounts and passes none on. That is fine',
    private: '/ is private. That is fine',
  };
  return [
    rootPropagation ? root[rootPropagation] : '/ is no mount point, as in a chroot',
    procCovers.length > 0 ? `/proc is partly hidden: ${procCovers.join(', ')}` : '/proc is all there',
  ].join('; ');
}

/** What stands between a bridge and the outside. */
function networkText({ ipForward }: Facts, policy: Policy): string {
  const forward = ipForward === undefined ? 'unknown' : ipForward ? 'on' : 'off';
  const rule = policy ? `, the FORWARD policy is ${policy}` : '';
  const bridged = stepList(steps.filter(({ has }) => has.has('bridge')).map(({ number }) => number));
  const meanwhile = ipForward === false ? [`${bridged} switches it on meanwhile`] : [];
  const dropped = policy === 'DROP' ? [`with that policy no container of ${bridged} gets out`] : [];
  return [`ip_forward is ${forward}${rule}`, ...meanwhile, ...dropped].join('; ');
}

function toolsText({ tools: { ip, compiler } }: Facts): string {
  return [
    compiler ? 'a C compiler' : 'no C compiler: sudo apt-get install gcc libc6-dev',
    ip ? 'ip' : 'no ip: the kit does without; to look around, sudo apt-get install iproute2',
  ].join('; ');
}
