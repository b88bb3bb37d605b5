/**
 * What can be set for a container, by subject, each in a file of its own beside
 * this one. The subjects and their fields are named as in an OCI config.json;
 * `users` and `resources` stand below `linux` there.
 */
import { DEFAULT_HOST_NAME, type HostName, hostNameOptions } from './host-name.ts';
import type { SubjectOption } from './option.ts';
import { DEFAULT_PROCESS, type Process } from './process.ts';
import { DEFAULT_RESOURCES, type Resources, resourcesOptions } from './resources.ts';
import { DEFAULT_ROOT, type Root, rootOptions } from './root.ts';
import { DEFAULT_USERS, type Users, usersOptions } from './users.ts';

export interface Settings {
  readonly hostname: HostName;
  readonly users: Users;
  readonly resources: Resources;
  readonly root: Root;
  readonly process: Process;
}

export const DEFAULTS: Settings = {
  hostname: DEFAULT_HOST_NAME,
  users: DEFAULT_USERS,
  resources: DEFAULT_RESOURCES,
  root: DEFAULT_ROOT,
  process: DEFAULT_PROCESS,
};

export interface SettingOption extends Omit<SubjectOption<unknown>, 'set'> {
  /** The settings with the value in them. @throws UsageError with the form that it wants */
  readonly set: (settings: Partial<Settings>, text: string) => Partial<Settings>;
}

/** The options of all subjects, in the order in which they are listed. */
export const SETTING_OPTIONS: readonly SettingOption[] = [
  ...ofSubject('hostname', hostNameOptions),
  ...ofSubject('users', usersOptions),
  ...ofSubject('resources', resourcesOptions),
  ...ofSubject('root', rootOptions),
];

function ofSubject<Name extends keyof Settings>(
  name: Name,
  rows: readonly SubjectOption<Settings[Name]>[],
): SettingOption[] {
  return rows.map(({ set, ...row }) => ({
    ...row,
    set: (settings, text) => ({ ...settings, [name]: set(settings[name] ?? DEFAULTS[name], text) }),
  }));
}
