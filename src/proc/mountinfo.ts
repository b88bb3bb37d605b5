/** /proc/PID/mountinfo as values. Source: proc_pid_mountinfo(5). */

export interface Mount {
  /** `MAJOR:MINOR` of the file system; major 0 means that it is on no block device of its own. */
  readonly device: string;
  /** What directory of the file system is seen at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
  /** Options of this mount, such as `ro`. */
  readonly options: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Options of the file system; a cgroup v1 hierarchy names its controllers here. */
  readonly superOptions: readonly string[];
}

/** The mounts of a mount namespace, in the order in which they were made. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    // Between the mount's options and " - " stand any number of optional fields.
    const [mount, fileSystem] = line.split(' - ');
    const [, , device, root, mountPoint, options] = mount?.split(' ') ?? [];
    const [type, source, superOptions] = fileSystem?.split(' ') ?? [];
    if (!device || !root || !mountPoint || !options || !type) return [];
    return {
      device,
      root: unescaped(root),
      mountPoint: unescaped(mountPoint),
      options: options.split(','),
      type,
      source: unescaped(source ?? ''),
      superOptions: superOptions?.split(',') ?? [],
    };
  });
}

/** The mount that a path is on; the path must be absolute and free of symbolic links. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const covering = mounts.filter(({ mountPoint }) => pathBelow(mountPoint, path) !== undefined);
  const deepest = Math.max(...covering.map(({ mountPoint }) => mountPoint.length));
  return covering.findLast(({ mountPoint }) => mountPoint.length === deepest);
}

/** What follows `root` in `path`: `''` for itself, `/a` for a child, undefined if it is not below. */
export function pathBelow(root: string, path: string): string | undefined {
  const prefix = root === '/' ? '' : root;
  if (path !== root && !path.startsWith(`${prefix}/`)) return undefined;
  const rest = path.slice(prefix.length);
  // A cgroup outside of the reader's cgroup namespace is written with `..`.
  if (rest.split('/').includes('..')) return undefined;
  return rest === '/' ? '' : rest;
}

/** Blanks, tabs, newlines and backslashes are written as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
