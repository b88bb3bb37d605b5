/** System calls that attach, detach and change mounts. */
import { type Call, defineCall, type Struct } from './call.ts';
import { AT, AT_FDCWD, FSCONFIG, FSMOUNT, FSOPEN, MNT, MOUNT_ATTR, MOVE_MOUNT, MS, OPEN_TREE } from './flags.ts';
import { descriptor, directory, flags, oneOf, optionalText, plain, text } from './show.ts';

const MOUNT = defineCall({
  name: 'mount',
  source: 'mount(2)',
  purpose: 'Attaches a file system to a directory, or changes how one that is attached behaves.',
  show: [optionalText, text, optionalText, flags(MS), optionalText],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: mountTable },
  advice: {
    EPERM:
      'Mounting needs CAP_SYS_ADMIN in the mount namespace; run with sudo, or add --rootless. ' +
      'A remount must name all options again that a more privileged namespace has set, such as MS_NOSUID. ' +
      'With all that, /proc may be partly hidden here, as in a Docker container: `npm run doctor` tells.',
    EACCES: 'A security module or a mount option forbids it: `npm run doctor` tells which.',
    ENOENT: 'The directory to mount on, or the source, is not there.',
    EINVAL: 'The source is no mount point, or the mount is locked by a more privileged namespace.',
    ENODEV: 'This kernel has no such file system.',
  },
});

/** Attaches a file system, or changes a mount. Source: mount(2). */
export function mount(
  source: string | null,
  target: string,
  type: string | null = null,
  flag = 0,
  data: string | null = null,
): Call {
  return MOUNT(source, target, type, flag, data);
}

const UMOUNT2 = defineCall({
  name: 'umount2',
  source: 'umount(2)',
  purpose: 'Detaches a file system.',
  show: [text, flags(MNT)],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: mountTable },
  advice: { EBUSY: 'Something in it is in use: with MNT_DETACH it is detached all the same.' },
});

/** Detaches a file system. Source: umount(2). */
export function umount(target: string, flag = 0): Call {
  return UMOUNT2(target, flag);
}

const PIVOT_ROOT = defineCall({
  name: 'pivot_root',
  source: 'pivot_root(2)',
  purpose: 'Makes a mount the root of the mount namespace, and puts the old root somewhere below it.',
  show: [text, text],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: (pid) => `ls -l /proc/${pid}/root; cat /proc/${pid}/mountinfo` },
  advice: {
    EINVAL: 'The new root must be a mount point, its parent mount must not be shared, and the old one goes below it.',
    EBUSY: 'The new root is on the mount that is the root already: it must be a mount of its own.',
    EPERM: 'pivot_root needs CAP_SYS_ADMIN in the mount namespace. Run with sudo, or add --rootless.',
  },
});

/** Swaps the root mount; `.` and `.` stack the old one on the new. Source: pivot_root(2). */
export function pivotRoot(newRoot: string, putOld: string): Call {
  return PIVOT_ROOT(newRoot, putOld);
}

const OPEN_TREE_CALL = defineCall({
  name: 'open_tree',
  source: 'open_tree(2)',
  purpose: 'Picks up a copy of a mount that hangs nowhere yet.',
  show: [directory, text, flags(OPEN_TREE)],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  needs: ['CAP_SYS_ADMIN'],
});

/** Copies the mount of an open directory, unattached. Linux 5.2. Source: open_tree(2). */
export function cloneMount(fd: number | Call): Call {
  return OPEN_TREE_CALL(fd, '', OPEN_TREE.OPEN_TREE_CLONE | OPEN_TREE.OPEN_TREE_CLOEXEC | OPEN_TREE.AT_EMPTY_PATH);
}

/**
 * Copies what is mounted at a path, and all that is mounted below it,
 * unattached. Linux 5.2. Source: open_tree(2).
 */
export function cloneTree(path: string): Call {
  const { OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, AT_RECURSIVE } = OPEN_TREE;
  return OPEN_TREE_CALL(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
}

const MOUNT_SETATTR = {
  name: 'mount_setattr',
  source: 'mount_setattr(2)',
  show: [directory, text, flags(AT), plain, plain],
  descriptors: [0],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: mountTable },
} as const;
const TOO_OLD =
  'mount_setattr needs Linux 5.12. Without it: an image that belongs to the container’s root, and no --volume or ' +
  '--read-only.';

const MAP_IDS = defineCall({
  ...MOUNT_SETATTR,
  purpose: 'Shows the ids on disk through a user namespace, in one mount.',
  advice: {
    EINVAL:
      'This file system cannot map ids. Use an image that belongs to the container’s root, or another file system.',
    ENOSYS: TOO_OLD,
    EPERM: 'Mapping the ids of a mount needs real root.',
  },
});

const SET_ATTRIBUTES = defineCall({
  ...MOUNT_SETATTR,
  purpose: 'Changes mounts that are there: makes them read-only, or private.',
  advice: {
    EINVAL: 'The path is no mount point: mount something there first, such as the directory itself (MS_BIND).',
    ENOSYS: TOO_OLD,
    EPERM: 'Changing a mount needs CAP_SYS_ADMIN in the user namespace that owns this mount namespace.',
  },
});

/**
 * Shows a mount's files through the id maps of a user namespace. The copy of a
 * shared mount is its peer: it is made private, or what is mounted below it
 * would appear on the host. Linux 5.12. Source: mount_setattr(2).
 */
export function mapMountIds(mountFd: number | Call, userNamespaceFd: number | Call): Call {
  const bytes = mountAttributes(MOUNT_ATTR.MOUNT_ATTR_IDMAP);
  bytes.writeBigUInt64LE(BigInt(MS.MS_PRIVATE), 16);
  const attributes: Struct = {
    bytes,
    text: ['{attr_set=MOUNT_ATTR_IDMAP, propagation=MS_PRIVATE, userns_fd=', userNamespaceFd, '}'],
    descriptors: [{ at: 24, fd: userNamespaceFd }],
  };
  return MAP_IDS(mountFd, '', AT.AT_EMPTY_PATH, attributes, bytes.length);
}

/**
 * Makes a mount, and those below it, read-only, and leaves what else was set as
 * it was: a remount would have to repeat that. Linux 5.12. Source: mount_setattr(2).
 */
export function makeReadOnly(path: string): Call {
  const bytes = mountAttributes(MOUNT_ATTR.MOUNT_ATTR_RDONLY);
  const attributes: Struct = { bytes, text: '{attr_set=MOUNT_ATTR_RDONLY, userns_fd=0}' };
  return SET_ATTRIBUTES(AT_FDCWD, path, AT.AT_RECURSIVE, attributes, bytes.length);
}

/**
 * Cuts a copied tree off from what it was copied from: a mount made in one would
 * appear in the other. Read-only, it is so with all that is mounted in it.
 * Linux 5.12. Source: mount_setattr(2).
 */
export function separateTree(treeFd: number | Call, readOnly: boolean): Call {
  const bytes = mountAttributes(readOnly ? MOUNT_ATTR.MOUNT_ATTR_RDONLY : 0);
  bytes.writeBigUInt64LE(BigInt(MS.MS_PRIVATE), 16);
  const set = readOnly ? 'MOUNT_ATTR_RDONLY' : '0';
  const attributes: Struct = { bytes, text: `{attr_set=${set}, propagation=MS_PRIVATE, userns_fd=0}` };
  return SET_ATTRIBUTES(treeFd, '', AT.AT_EMPTY_PATH | AT.AT_RECURSIVE, attributes, bytes.length);
}

function mountTable(pid: number): string {
  return `cat /proc/${pid}/mountinfo`;
}

/** struct mount_attr: attr_set, attr_clr, propagation, userns_fd. */
function mountAttributes(set: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(BigInt(set), 0);
  return bytes;
}

const MOVE_MOUNT_CALL = defineCall({
  name: 'move_mount',
  source: 'move_mount(2)',
  purpose: 'Attaches a mount that was picked up before.',
  show: [directory, text, directory, text, flags(MOVE_MOUNT)],
  descriptors: [0, 2],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: mountTable },
});

/** Attaches an unattached mount at a path. Linux 5.2. Source: move_mount(2). */
export function attachMount(mountFd: number | Call, path: string): Call {
  return MOVE_MOUNT_CALL(mountFd, '', AT_FDCWD, path, MOVE_MOUNT.MOVE_MOUNT_F_EMPTY_PATH);
}

/** Attaches an unattached mount over the working directory. Linux 5.2. Source: move_mount(2). */
export function attachMountHere(mountFd: number | Call): Call {
  return attachMountAt(mountFd, AT_FDCWD);
}

/** Attaches an unattached mount over an open file or directory. Linux 5.2. Source: move_mount(2). */
export function attachMountAt(mountFd: number | Call, placeFd: number | Call): Call {
  const { MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH } = MOVE_MOUNT;
  return MOVE_MOUNT_CALL(mountFd, '', placeFd, '', MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

const FSOPEN_CALL = defineCall({
  name: 'fsopen',
  source: 'fsopen(2)',
  purpose: 'Opens a file system that is to be set up, option by option.',
  show: [text, flags(FSOPEN)],
  opens: true,
  subject: 'descriptors',
  needs: ['CAP_SYS_ADMIN'],
  advice: { ENOSYS: 'fsopen needs Linux 5.2.', ENODEV: 'This kernel has no such file system.' },
  examples: () => [openFileSystem('no-such-type')],
});

/** Begins a file system of a type. Linux 5.2. Source: fsopen(2). */
export function openFileSystem(type: string): Call {
  return FSOPEN_CALL(type, FSOPEN.FSOPEN_CLOEXEC);
}

const FSCONFIG_CALL = defineCall({
  name: 'fsconfig',
  source: 'fsconfig(2)',
  purpose: 'Sets one option of a file system that is being set up, or makes it.',
  show: [descriptor, oneOf(FSCONFIG), optionalText, optionalText, plain],
  descriptors: [0],
  subject: 'descriptors',
  advice: {
    EINVAL: 'The file system does not know this option, or not this value. Reading the descriptor tells more.',
  },
  examples: () => [setOption(-1, 'lowerdir+', 'below'), setFlag(-1, 'userxattr'), makeFileSystem(-1)],
});

/** Sets an option that has a value. Source: fsconfig(2). */
export function setOption(fd: number | Call, name: string, value: string): Call {
  return FSCONFIG_CALL(fd, FSCONFIG.FSCONFIG_SET_STRING, name, value, 0);
}

/** Sets an option without a value. Source: fsconfig(2). */
export function setFlag(fd: number | Call, name: string): Call {
  return FSCONFIG_CALL(fd, FSCONFIG.FSCONFIG_SET_FLAG, name, null, 0);
}

/** Makes the file system with all that was set. Source: fsconfig(2). */
export function makeFileSystem(fd: number | Call): Call {
  return FSCONFIG_CALL(fd, FSCONFIG.FSCONFIG_CMD_CREATE, null, null, 0);
}

const FSMOUNT_CALL = defineCall({
  name: 'fsmount',
  source: 'fsmount(2)',
  purpose: 'Makes a mount of a file system that was set up; it hangs nowhere yet.',
  show: [descriptor, flags(FSMOUNT), flags(MOUNT_ATTR)],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  needs: ['CAP_SYS_ADMIN'],
  examples: () => [mountFileSystem(-1)],
});

/** Gives an unattached mount of a file system that was made. Linux 5.2. Source: fsmount(2). */
export function mountFileSystem(fd: number | Call): Call {
  return FSMOUNT_CALL(fd, FSMOUNT.FSMOUNT_CLOEXEC, 0);
}
