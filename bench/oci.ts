/** crun and runc: a bundle that asks for what step 8 does, and the command. */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IdRange } from '../src/proc/id-maps.ts';
import { DEFAULT_PROFILE } from '../src/seccomp/default-profile.ts';
import type { Settings } from '../src/settings/settings.ts';
import { idMaps } from '../src/settings/users.ts';
import { HIDDEN, READ_ONLY } from '../src/steps/12-paths.ts';
import { keptCapabilities } from '../src/steps/12-rights.ts';
import type { Workspace } from './workspace.ts';

const CGROUPS = '/sys/fs/cgroup';

/** On a hybrid host crun refuses to run while it sees the v2 hierarchy. */
export const UNIFIED = existsSync(join(CGROUPS, 'unified')) ? join(CGROUPS, 'unified') : undefined;

/** What step 12 takes away, in the words of config.json. */
function confinement({ rights }: Settings) {
  const kept = keptCapabilities(rights);
  return {
    process: {
      capabilities: { bounding: kept, effective: kept, permitted: kept, inheritable: [], ambient: [] },
      noNewPrivileges: rights.noNewPrivileges,
    },
    linux: {
      maskedPaths: HIDDEN,
      readonlyPaths: READ_ONLY,
      seccomp: {
        defaultAction: DEFAULT_PROFILE.defaultAction,
        // Of config.json, what docker's format has for other machines is left out.
        syscalls: DEFAULT_PROFILE.syscalls
          .filter(({ includes, excludes, args }) => !includes && !excludes && !args)
          .map(({ names, action }) => ({ names, action })),
      },
    },
  };
}

/** Writes config.json, and returns its folder: as step 8, or confined as step 12. Source: OCI runtime specification 1.0. */
export function makeBundle(settings: Settings, { directory, images, owner }: Workspace, isConfined = false): string {
  const bundle = join(directory, isConfined ? 'confined' : 'bundle');
  mkdirSync(bundle, { recursive: true });
  const confined = isConfined ? confinement(settings) : { process: {}, linux: {} };
  const { uids, gids } = idMaps(settings.users);
  const config = {
    ociVersion: '1.0.2',
    process: {
      user: { uid: 0, gid: 0 },
      args: ['/bin/true'],
      env: ['PATH=/usr/bin:/bin'],
      cwd: '/',
      ...confined.process,
    },
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
      ...confined.linux,
    },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  return bundle;
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
