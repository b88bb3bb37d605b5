/** Step 8's container as other tools make it. */
import type { Command } from './command.ts';
import { isInstalled, versionOf } from './installed.ts';
import { defaultSettings } from './kit-worker.ts';
import { bwrapLikeStep8, unshareLikeStep8 } from './namespaces.ts';
import { makeBundle, runtimeCommand, UNIFIED } from './oci.ts';
import type { Workspace } from './workspace.ts';

/** What each of them does otherwise than step 8. */
export const DIFFERENCES = [
  'All have the same image, with user, UTS, IPC, PID, mount and network namespaces and a /proc of their own.',
  'The steps alone have a veth pair with addresses, and show the image as owned by root inside; step 8 uses chroot, ' +
    'step 9 pivot_root, step 10 an overlay over the image, step 11 a bridge, which each run makes and takes away, step 12 fewer rights, a /sys and a devices cgroup. "plain" leaves out veth pair and owner, as the others do; "limits" adds the cgroups of step 7. ' +
    'Step 13 has a cgroup namespace with its file systems besides, a time namespace, and a cgroup in any case.',
  'unshare: chroot, no /dev, lo down, host name unchanged, one user mapped. bwrap: pivot_root, one user mapped, no new ' +
    'privileges. crun and runc: pivot_root, 65536 users mapped, no capabilities, no seccomp filter, a cgroup in every ' +
    'hierarchy, or with "no cgroup" none; "confined": step 12\'s capabilities, paths and filter.',
];

export async function runtimes(workspace: Workspace): Promise<Command[]> {
  const settings = await defaultSettings(8);
  const tools: Command[] = [
    { name: versionOf('unshare'), words: unshareLikeStep8(settings.root.path) },
    { name: versionOf('bwrap'), words: bwrapLikeStep8(settings.root.path) },
  ];
  if (process.geteuid?.() !== 0) return tools;
  const bundle = makeBundle(settings, workspace);
  const confined = makeBundle(await defaultSettings(12), workspace, true);
  const noCgroup = '--cgroup-manager=disabled';
  return [
    ...tools,
    { name: versionOf('crun'), words: runtimeCommand('crun', bundle, workspace), hide: UNIFIED },
    {
      name: `${versionOf('crun')}, no cgroup`,
      words: runtimeCommand('crun', bundle, workspace, noCgroup),
      hide: UNIFIED,
    },
    { name: versionOf('runc'), words: runtimeCommand('runc', bundle, workspace) },
    { name: `${versionOf('runc')}, confined`, words: runtimeCommand('runc', confined, workspace) },
  ];
}

/** What is to be said of the machine's tools. */
export function remarks(): string[] {
  if (process.geteuid?.() !== 0) return ['crun and runc are measured as root only.'];
  const hidden = UNIFIED && isInstalled('crun') ? [`crun does not see ${UNIFIED}, which it would refuse.`] : [];
  return [...DIFFERENCES, ...hidden];
}
