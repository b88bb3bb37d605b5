/**
 * What can be set for a container, by subject, each in a file of its own beside
 * this one. The subjects and their fields are named as in an OCI config.json;
 * `users` and `resources` stand below `linux` there.
 */
import { type Cgroup, cgroupOptions, DEFAULT_CGROUP } from './cgroup.ts';
import { DEFAULT_DEVICES, type Devices, devicesOptions } from './devices.ts';
import { DEFAULT_HOST_NAME, type HostName, hostNameOptions } from './host-name.ts';
import { DEFAULT_LAYERS, type Layers, layersOptions } from './layers.ts';
import { DEFAULT_MOUNTS, type Mounts, mountsOptions } from './mounts.ts';
import { DEFAULT_NETWORK, type Network, networkOptions } from './network.ts';
import type { SubjectOption } from './option.ts';
import { DEFAULT_PROCESS, type Process } from './process.ts';
import { DEFAULT_RESOURCES, type Resources, resourcesOptions } from './resources.ts';
import { DEFAULT_RIGHTS, type Rights, rightsOptions } from './rights.ts';
import { DEFAULT_ROOT, type Root, rootOptions } from './root.ts';
import { DEFAULT_USERS, type Users, usersOptions } from './users.ts';

export interface Settings {
  readonly hostname: HostName;
  readonly users: Users;
  readonly resources: Resources;
  readonly cgroup: Cgroup;
  readonly root: Root;
  readonly layers: Layers;
  readonly mounts: Mounts;
  readonly network: Network;
  readonly devices: Devices;
  readonly rights: Rights;
  readonly process: Process;
}

/** Of a root it may be said only that it is read-only, and not where it is. */
type Subjects = Omit<Settings, 'root'> & { readonly root: Partial<Root> };

/** What was asked for. */
export type Asked = Partial<Subjects>;

export const DEFAULTS: Settings = {
  hostname: DEFAULT_HOST_NAME,
  users: DEFAULT_USERS,
  resources: DEFAULT_RESOURCES,
  cgroup: DEFAULT_CGROUP,
  root: DEFAULT_ROOT,
  layers: DEFAULT_LAYERS,
  mounts: DEFAULT_MOUNTS,
  network: DEFAULT_NETWORK,
  devices: DEFAULT_DEVICES,
  rights: DEFAULT_RIGHTS,
  process: DEFAULT_PROCESS,
};

const NOTHING: Subjects = { ...DEFAULTS, root: {} };

export interface SettingOption extends Omit<SubjectOption<unknown>, 'set'> {
  /** The settings with the value in them. @throws UsageError with the form that it wants */
  readonly set: (settings: Asked, text: string) => Asked;
}

/** The options of all subjects, in the order in which they are listed. */
export const SETTING_OPTIONS: readonly SettingOption[] = [
  ...ofSubject('hostname', hostNameOptions),
  ...ofSubject('users', usersOptions),
  ...ofSubject('resources', resourcesOptions),
  ...ofSubject('cgroup', cgroupOptions),
  ...ofSubject('root', rootOptions),
  ...ofSubject('layers', layersOptions),
  ...ofSubject('mounts', mountsOptions),
  ...ofSubject('network', networkOptions),
  ...ofSubject('devices', devicesOptions),
  ...ofSubject('rights', rightsOptions),
];

function ofSubject<Name extends keyof Subjects>(
  name: Name,
  rows: readonly SubjectOption<Subjects[Name]>[],
): SettingOption[] {
  return rows.map(({ set, ...row }) => ({
    ...row,
    set: (settings, text) => ({ ...settings, [name]: set(settings[name] ?? NOTHING[name], text) }),
  }));
}
