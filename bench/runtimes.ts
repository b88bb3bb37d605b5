/** Containers as other tools make them: like step 8's, and like step 13's. */
import type { Command } from './command.ts';
import { isInstalled, versionOf } from './installed.ts';
import { defaultSettings } from './kit-worker.ts';
import { bwrapLikeStep8, bwrapLikeStep13, unshareLikeStep8 } from './namespaces.ts';
import { configLikeStep8, configLikeStep13, makeBundle, runtimeCommand, UNIFIED } from './oci.ts';
import { filterFile } from './reference.ts';
import type { Workspace } from './workspace.ts';

/** What each of them does otherwise. */
export const DIFFERENCES = [
  'All have the same image, with user, UTS, IPC, PID, mount and network namespaces and a /proc of their own.',
  'The steps alone have a veth pair with addresses, and show the image as owned by root inside; step 8 uses chroot, ' +
    'step 9 pivot_root, step 10 an overlay over the image, step 11 a bridge and packet rules, which go with each ' +
    'container, step 12 fewer rights, a filter, a /sys and rules for devices, step 13 a cgroup and a time namespace. ' +
    '"plain" leaves out network and owner, as the others do; "limits" adds the cgroups of step 7.',
  'unshare: chroot, no /dev, lo down, host name unchanged, one user mapped. bwrap: pivot_root, one user mapped, no new ' +
    'privileges. crun and runc: pivot_root, 65536 users mapped, no capabilities, no seccomp filter, a cgroup in every ' +
    'hierarchy, or with "no cgroup" none.',
  '"confined" is step 13 without its bridge, and as the others make it: fourteen capabilities, no new privileges, one ' +
    'seccomp profile, hidden and read-only paths, /sys, rules for devices, a cgroup namespace. The kit alone has an ' +
    'overlay. bwrap: the compiled filter, the host’s /sys, no rules for devices, no cgroup. Clocks of its own: the kit, ' +
    'and crun, which does not set them.',
];

const isRoot = () => process.geteuid?.() === 0;

export async function likeStep8(workspace: Workspace): Promise<Command[]> {
  const settings = await defaultSettings(8);
  const tools: Command[] = [
    { name: versionOf('unshare'), words: unshareLikeStep8(settings.root.path) },
    { name: versionOf('bwrap'), words: bwrapLikeStep8(settings.root.path) },
  ];
  if (!isRoot()) return tools;
  const bundle = makeBundle('like-step-8', configLikeStep8(settings, workspace), workspace);
  return [
    ...tools,
    crun('', bundle, workspace),
    crun(', no cgroup', bundle, workspace, '--cgroup-manager=disabled'),
    { name: versionOf('runc'), words: runtimeCommand('runc', bundle, workspace) },
  ];
}

export async function likeStep13(workspace: Workspace): Promise<Command[]> {
  const settings = await defaultSettings(13);
  const { rights, root } = settings;
  const bwrap = {
    name: `${versionOf('bwrap')}, confined`,
    words: bwrapLikeStep13(root.path, rights),
    input: filterFile(settings, workspace),
  };
  if (!isRoot()) return [bwrap];
  const config = configLikeStep13(settings, workspace);
  const bundle = makeBundle('like-step-13', config, workspace);
  const { namespaces } = config.linux;
  const withClocks = { ...config, linux: { ...config.linux, namespaces: [...namespaces, { type: 'time' }] } };
  return [
    bwrap,
    crun(', confined', makeBundle('with-clocks', withClocks, workspace), workspace),
    { name: `${versionOf('runc')}, confined`, words: runtimeCommand('runc', bundle, workspace) },
  ];
}

function crun(suffix: string, bundle: string, workspace: Workspace, ...options: string[]): Command {
  const words = runtimeCommand('crun', bundle, workspace, ...options);
  return { name: `${versionOf('crun')}${suffix}`, words, hide: UNIFIED };
}

/** What is to be said of the machine's tools. */
export function remarks(): string[] {
  if (!isRoot()) return ['crun and runc are measured as root only.'];
  const hidden = UNIFIED && isInstalled('crun') ? [`crun does not see ${UNIFIED}, which it would refuse.`] : [];
  return [...DIFFERENCES, ...hidden];
}
