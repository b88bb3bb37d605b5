/** crun and runc: bundles that ask for what step 8 and step 13 do, and the command. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IdRange } from '../src/proc/id-maps.ts';
import type { Settings } from '../src/settings/settings.ts';
import { idMaps } from '../src/settings/users.ts';
import { linuxRights, processRights } from './confinement.ts';
import type { Workspace } from './workspace.ts';

const CGROUPS = '/sys/fs/cgroup';

/** On a hybrid host crun refuses to run while it sees the v2 hierarchy. */
export const UNIFIED = existsSync(join(CGROUPS, 'unified')) ? join(CGROUPS, 'unified') : undefined;

/** Writes config.json, and returns its folder. Source: OCI runtime specification 1.0. */
export function makeBundle(name: string, config: object, { directory }: Workspace): string {
  const bundle = join(directory, name);
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  return bundle;
}

export function configLikeStep8(settings: Settings, { images, owner }: Workspace) {
  const { uids, gids } = idMaps(settings.users);
  return {
    ociVersion: '1.0.2',
    process: { user: { uid: 0, gid: 0 }, args: ['/bin/true'], env: ['PATH=/usr/bin:/bin'], cwd: '/' },
    root: { path: join(images, 'host') },
    hostname: settings.hostname,
    mounts: [
      mount('/proc', 'proc', ['nosuid', 'nodev', 'noexec']),
      mount('/dev', 'tmpfs', ['nosuid', 'noexec', 'mode=755', 'size=64k']),
      mount('/dev/pts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620']),
    ],
    linux: {
      namespaces: ['user', 'uts', 'ipc', 'pid', 'network', 'mount'].map((type) => ({ type })),
      uidMappings: uids.map(mapping),
      gidMappings: gids.map(mapping),
      cgroupsPath: `/${owner}`,
    },
  };
}

export function configLikeStep13(settings: Settings, workspace: Workspace) {
  const config = configLikeStep8(settings, workspace);
  const { mounts, linux } = config;
  const flags = ['nosuid', 'nodev', 'noexec'];
  return {
    ...config,
    process: { ...config.process, ...processRights(settings.rights) },
    mounts: [...mounts, mount('/sys', 'sysfs', ['ro', ...flags]), mount('/sys/fs/cgroup', 'cgroup', flags)],
    linux: { ...linux, namespaces: [...linux.namespaces, { type: 'cgroup' }], ...linuxRights(settings.rights) },
  };
}

function mount(destination: string, type: string, options: string[]) {
  return { destination, type, source: type, options };
}

function mapping({ inside, outside, count }: IdRange) {
  return { containerID: inside, hostID: outside, size: count };
}

/** A container that the runtime removes again when its program has ended. */
export function runtimeCommand(runtime: string, bundle: string, workspace: Workspace, ...options: string[]): string[] {
  const state = join(workspace.directory, runtime);
  return [runtime, ...options, '--root', state, 'run', '--bundle', bundle, workspace.owner];
}

/** What a runtime that failed half-way has left. */
export function removeCgroups({ owner }: Workspace): void {
  for (const hierarchy of existsSync(CGROUPS) ? ['', ...readdirSync(CGROUPS)] : []) {
    const directory = join(CGROUPS, hierarchy, owner);
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) rmdirSync(directory);
  }
}
