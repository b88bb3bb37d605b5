/** What step 12 adds, in the words of other tools. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PROFILE } from '../src/seccomp/default-profile.ts';
import type { ArgumentTest, Rule } from '../src/seccomp/profile.ts';
import type { Rights } from '../src/settings/rights.ts';
import { deviceRules } from '../src/steps/12-devices.ts';
import { HIDDEN, READ_ONLY } from '../src/steps/12-paths.ts';
import { keptCapabilities } from '../src/steps/12-rights.ts';

/** `process` of config.json, as far as it is about rights. Source: OCI runtime specification 1.0, config.md. */
export function processRights(rights: Rights) {
  const kept = keptCapabilities(rights);
  return {
    capabilities: { bounding: kept, effective: kept, permitted: kept },
    noNewPrivileges: rights.noNewPrivileges,
  };
}

/** `linux` of config.json, as far as it is about rights. Source: OCI runtime specification 1.0, config-linux.md. */
export function linuxRights(rights: Rights) {
  return {
    maskedPaths: HIDDEN,
    readonlyPaths: READ_ONLY,
    seccomp: seccompOf(rights),
    resources: {
      devices: [{ allow: false, access: 'rwm' }, ...deviceRules([]).map((rule) => ({ allow: true, ...rule }))],
    },
  };
}

const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  x64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
  arm64: ['SCMP_ARCH_AARCH64'],
};

/** The kit's profile, without what is about other capabilities than those that are kept. */
function seccompOf(rights: Rights) {
  const kept = keptCapabilities(rights);
  const holds = ({ includes, excludes }: Rule) =>
    (includes?.caps ?? []).every((name) => kept.includes(name)) && !excludes?.caps?.some((name) => kept.includes(name));
  const { defaultAction, defaultErrnoRet, syscalls } = DEFAULT_PROFILE;
  return {
    defaultAction,
    defaultErrnoRet,
    architectures: ARCHITECTURES[process.arch],
    syscalls: [...syscalls.filter((rule) => holds(rule) && !rule.names.includes('socket')), SOCKETS].map(ociRule),
  };
}

/** With us the first rule that fits counts. libseccomp wants the exception in the rule itself. */
const SOCKETS: Rule = {
  names: ['socket'],
  action: 'SCMP_ACT_ALLOW',
  args: [{ index: 0, op: 'SCMP_CMP_NE', value: 40n, valueTwo: 0n }],
};

function ociRule({ names, action, errnoRet, args = [] }: Rule) {
  return { names, action, errnoRet, args: args.map(ociTest) };
}

function ociTest({ index, op, value, valueTwo }: ArgumentTest) {
  return { index, op, value: Number(value), valueTwo: Number(valueTwo) };
}

/** The options of bwrap, which has no new privileges anyway; its filter is open as a descriptor. Source: bwrap(1). */
export function bwrapRights(rights: Rights, image: string, filter: number): string[] {
  const places = HIDDEN.filter((path) => statSync(path, { throwIfNoEntry: false }));
  return [
    ...['--cap-drop', 'ALL', ...keptCapabilities(rights).flatMap((name) => ['--cap-add', name])],
    ...['--seccomp', String(filter), '--unshare-cgroup-try'],
    ...(statSync(join(image, 'sys'), { throwIfNoEntry: false }) ? ['--ro-bind', '/sys', '/sys'] : []),
    ...places.flatMap((path) =>
      statSync(path).isDirectory() ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path],
    ),
  ];
}
