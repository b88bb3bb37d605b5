/** System calls on files, directories and pipes. */
import {
  type Argument,
  type Call,
  defineCall,
  isCall,
  isOut,
  type Out,
  type Show,
  sizeOf,
  tolerating,
} from './call.ts';
import { AT, AT_FDCWD, LOCK, MFD, O, O_CLOEXEC, O_WRONLY, RESOLVE, S } from './flags.ts';
import { answer, content, descriptor, directory, flags, number, octal, oneOf, pathOf, plain, text } from './show.ts';

/** Reading is what an open does that asks for neither writing nor both: no bit says so. */
const openFlags: Show = (argument, resolve) => {
  const text = flags(O)(argument, resolve);
  return /O_WRONLY|O_RDWR|^O_RDONLY/.test(text) ? text : `O_RDONLY|${text}`;
};

const OPENAT = defineCall({
  name: 'openat',
  source: 'open(2)',
  purpose: 'Opens a file and gives a descriptor for it.',
  show: [directory, text, openFlags, octal],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  path: 1,
  needs: ['CAP_SETUID', 'CAP_SETGID', 'CAP_SYS_ADMIN'],
  advice: {
    ENOENT: 'No such file here: a kernel without this feature, or a path that is not in this mount namespace.',
  },
});

/** Opens `path`; `mode` counts only with O_CREAT. Source: open(2). */
export function openat(path: string, flag: number, mode = 0, from: number | Call = AT_FDCWD): Call {
  return OPENAT(from, path, flag | O_CLOEXEC, ...(mode === 0 ? [] : [mode]));
}

const OPENAT2 = defineCall({
  name: 'openat2',
  source: 'openat2(2)',
  purpose: 'Opens a file as openat does, and says which links on the way may be followed.',
  show: [directory, text, plain, number],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  path: 1,
  advice: {
    ENOENT: 'No such file below this directory.',
    ELOOP: 'On the way stands a link of /proc, which would lead out of this directory.',
    ENOSYS: 'openat2 needs Linux 5.6.',
  },
  examples: () => [openWithin('/proc/self/cwd', O.O_PATH | O.O_DIRECTORY), openWithin('/no such place', O.O_PATH)],
});

/**
 * Opens `path` as if the working directory were the root directory: neither
 * links nor `..` lead out of it. Linux 5.6. Source: openat2(2), RESOLVE_IN_ROOT.
 */
export function openWithin(path: string, flag: number): Call {
  const how = { flags: flag | O_CLOEXEC, resolve: RESOLVE.RESOLVE_NO_MAGICLINKS | RESOLVE.RESOLVE_IN_ROOT };
  const bytes = Buffer.alloc(24);
  bytes.writeBigUInt64LE(BigInt(how.flags), 0);
  bytes.writeBigUInt64LE(BigInt(how.resolve), 16);
  const shown = `{flags=${openFlags(how.flags, () => undefined)}, resolve=${flags(RESOLVE)(how.resolve, () => undefined)}}`;
  return OPENAT2(AT_FDCWD, path, { bytes, text: shown }, bytes.length);
}

const WRITE = defineCall({
  name: 'write',
  source: 'write(2)',
  purpose: 'Writes bytes to a file; in /proc and in cgroups, that is how settings are made.',
  show: [descriptor, content, number],
  descriptors: [0],
  needs: ['CAP_SETUID', 'CAP_SETGID', 'CAP_SYS_ADMIN'],
  advice: {
    EPERM:
      'The kernel refuses this setting to this user. A uid_map or gid_map is written once, in one piece: after that ' +
      'nobody may. Without root, gid_map wants "deny" in setgroups first.',
    EINVAL: 'The kernel does not accept this value.',
    EBUSY: 'Something else is in the way, such as processes in a cgroup that is to hand out controllers.',
    ENOSPC: 'A cgroup v1 cpuset must have its cpus and mems before a process may join.',
  },
});

/** Writes a text, as UTF-8. Source: write(2). */
export function write(fd: number | Call, text: string): Call {
  return WRITE(fd, text, sizeOf(text));
}

/** Writes what an earlier call of the same list has been told: its out-argument. Source: write(2). */
export function passOn(fd: number | Call, out: Out): Call {
  return WRITE(fd, out, out.size);
}

const READ = defineCall({
  name: 'read',
  source: 'read(2)',
  purpose: 'Reads from a file; on an empty pipe it waits until the other end writes or is closed.',
  show: [descriptor, answer, number],
  returnsSize: true,
  descriptors: [0],
  waits: 0,
  look: { child: (pid) => `cat /proc/${pid}/wchan` },
});

/** Reads at most `out.size` bytes. Source: read(2). */
export function read(fd: number | Call, out: Out): Call {
  return READ(fd, out, isOut(out) ? out.size : 0);
}

const CLOSE = defineCall({
  name: 'close',
  source: 'close(2)',
  purpose: 'Closes a descriptor; a pipe ends when the last copy of its write end is closed.',
  show: [descriptor],
  descriptors: [0],
  subject: 'descriptors',
});

/** Closes a descriptor. Source: close(2). */
export function close(fd: number | Call): Call {
  return CLOSE(fd);
}

const DUP3 = defineCall({
  name: 'dup3',
  source: 'dup(2)',
  purpose: 'Makes one descriptor mean what another means; that is how a program gets its standard streams.',
  show: [descriptor, number, flags({ O_CLOEXEC })],
  descriptors: [0],
});

/** Makes `to` mean what `fd` means, also after exec. Source: dup(2). */
export function dup3(fd: number | Call, to: number): Call {
  return DUP3(fd, to, 0);
}

/** The descriptor that a `close` closes, or undefined for any other call. */
export function closedBy(call: Call): Argument | undefined {
  return call.info.name === 'close' ? call.args[0] : undefined;
}

const PIPE2 = defineCall({
  name: 'pipe2',
  source: 'pipe(2)',
  purpose: 'Makes a pipe: what is written at one end is read at the other.',
  show: [plain, flags(O)],
  subject: 'descriptors',
});

/** Makes a pipe; both ends close on exec. Source: pipe(2). */
export function pipe2(): Call {
  return PIPE2({ size: 8, text: (bytes) => `[${bytes.readInt32LE(0)}, ${bytes.readInt32LE(4)}]` }, O_CLOEXEC);
}

const MKDIRAT = defineCall({
  name: 'mkdirat',
  source: 'mkdir(2)',
  purpose: 'Makes a directory; in a cgroup file system, that makes a cgroup.',
  show: [directory, text, octal],
  path: 1,
  look: { path: (path) => `ls -d ${path}` },
  advice: { EACCES: 'The parent directory belongs to someone else. Run with sudo.' },
});

/** Makes a directory. Source: mkdir(2). */
export function mkdir(path: string, mode = 0o755): Call {
  return MKDIRAT(AT_FDCWD, path, mode);
}

/** Makes a directory unless it is there. Source: mkdir(2). */
export function ensureDirectory(path: string, mode = 0o755): Call {
  return tolerating('EEXIST', mkdir(path, mode));
}

const UNLINKAT = defineCall({
  name: 'unlinkat',
  source: 'unlink(2)',
  purpose: 'Removes a file, or with AT_REMOVEDIR a directory.',
  show: [directory, text, flags(AT)],
});

/** Removes an empty directory; in a cgroup file system, a cgroup. Source: rmdir(2). */
export function rmdir(path: string): Call {
  return UNLINKAT(AT_FDCWD, path, AT.AT_REMOVEDIR);
}

const SYMLINKAT = defineCall({
  name: 'symlinkat',
  source: 'symlink(2)',
  purpose: 'Makes a symbolic link.',
  show: [text, directory, text],
  path: 2,
});

/** Makes a symbolic link at `path` that says `target`. Source: symlink(2). */
export function symlink(target: string, path: string): Call {
  return SYMLINKAT(target, AT_FDCWD, path);
}

const MKNODAT = defineCall({
  name: 'mknodat',
  source: 'mknod(2)',
  purpose: 'Makes a file that stands for a device, or a fifo: a pipe with a name.',
  show: [directory, text, nodeMode, device],
  path: 1,
  needs: ['CAP_MKNOD'],
  advice: {
    EPERM: 'From within a user namespace nobody may make a device node but 0:0, a whiteout (since Linux 5.8).',
    ENOENT: 'The directory that it goes into is not there.',
  },
  examples: () => [makeFifo('/no such place/fifo'), makeDevice('/no such place/null', 1, 3)],
});

/** Makes a fifo. Source: mkfifo(3). */
export function makeFifo(path: string, mode = 0o600): Call {
  return MKNODAT(AT_FDCWD, path, S.S_IFIFO | mode);
}

/** Makes the node of a character device. Source: mknod(2). */
export function makeDevice(path: string, major: number, minor: number, mode = 0o666): Call {
  return MKNODAT(AT_FDCWD, path, S.S_IFCHR | mode, ((major & 0xfff) << 8) | (minor & 0xff));
}

function nodeMode(argument: Argument): string {
  const mode = Number(argument);
  return `${oneOf(S)(mode & 0o170000, () => undefined)}|${octal(mode & 0o7777, () => undefined)}`;
}

/** makedev(3), for numbers that fit into the old 16 bits. */
function device(argument: Argument): string {
  const number = Number(argument);
  return `makedev(0x${(number >> 8).toString(16)}, 0x${(number & 0xff).toString(16)})`;
}

const FCHOWNAT = defineCall({
  name: 'fchownat',
  source: 'chown(2)',
  purpose: 'Gives a file to another user and group.',
  show: [directory, text, number, number, flags(AT)],
  path: 1,
  advice: { EPERM: 'Giving a file away needs CAP_CHOWN.', EINVAL: 'This id has no line in the user namespace’s map.' },
  needs: ['CAP_CHOWN'],
  examples: () => [chown('/no such place', 0, 0)],
});

/** Changes the owner of a file; of a link, its own and not its target's. Source: chown(2). */
export function chown(path: string, uid: number, gid: number): Call {
  return FCHOWNAT(AT_FDCWD, path, uid, gid, AT.AT_SYMLINK_NOFOLLOW);
}

const FCHMODAT = defineCall({
  name: 'fchmodat',
  source: 'chmod(2)',
  purpose: 'Sets the mode of a file: who may read, write and execute it.',
  show: [directory, text, octal],
  path: 1,
  advice: { EPERM: 'Only its owner, or who has CAP_FOWNER, may change the mode of a file.' },
  needs: ['CAP_FOWNER'],
  examples: () => [chmod('/no such place', 0o1755)],
});

/** Sets the mode of a file, whatever the umask says. Source: chmod(2). */
export function chmod(path: string, mode: number): Call {
  return FCHMODAT(AT_FDCWD, path, mode);
}

const FLOCK = defineCall({
  name: 'flock',
  source: 'flock(2)',
  purpose: 'Locks an open file against others who want to lock it; the lock goes with the last copy of the descriptor.',
  show: [descriptor, flags(LOCK)],
  descriptors: [0],
  subject: 'descriptors',
  advice: { EAGAIN: 'Another run has it locked. Wait for its end, or choose another name.' },
  examples: () => [lock(-1), share(-1)],
});

/** Locks an open file for oneself alone, or fails at once. Source: flock(2). */
export function lock(fd: number | Call): Call {
  return FLOCK(fd, LOCK.LOCK_EX | LOCK.LOCK_NB);
}

/** Locks an open file together with others who share it, or fails at once. Source: flock(2). */
export function share(fd: number | Call): Call {
  return FLOCK(fd, LOCK.LOCK_SH | LOCK.LOCK_NB);
}

const UMASK = defineCall({
  name: 'umask',
  source: 'umask(2)',
  purpose: 'Sets which bits new files do not get; the result is what was set before.',
  show: [octal],
  showResult: (mask) => octal(mask, () => undefined),
  examples: () => [umask(0o27), umask(0o22)],
});

/** Sets the mode bits that new files do not get. It always succeeds. Source: umask(2). */
export function umask(mask: number): Call {
  return UMASK(mask);
}

const MEMFD_CREATE = defineCall({
  name: 'memfd_create',
  source: 'memfd_create(2)',
  purpose: 'Makes a file that is in memory alone and has no path.',
  show: [text, flags(MFD)],
  opens: true,
  subject: 'descriptors',
  advice: { EACCES: 'vm.memfd_noexec is 2 here: no file in memory may be executed.' },
});

/** Makes a file in memory, closed on exec, that can be sealed; the name is for /proc alone. Source: memfd_create(2). */
export function makeMemoryFile(name: string): Call {
  return MEMFD_CREATE(name, MFD.MFD_CLOEXEC | MFD.MFD_ALLOW_SEALING);
}

const CHDIR = defineCall({
  name: 'chdir',
  source: 'chdir(2)',
  purpose: 'Changes the working directory.',
  show: [text],
  look: { child: workingDirectory },
  advice: { ENOENT: 'There is no such directory.', EACCES: 'This user may not enter that directory.' },
});

/** Changes the working directory. Source: chdir(2). */
export function chdir(path: string): Call {
  return CHDIR(path);
}

const FCHDIR = defineCall({
  name: 'fchdir',
  source: 'chdir(2)',
  purpose: 'Changes the working directory to one that is already open.',
  show: [descriptor],
  descriptors: [0],
  look: { child: workingDirectory },
});

/** Changes the working directory to an open one. Source: chdir(2). */
export function fchdir(fd: number | Call): Call {
  return FCHDIR(fd);
}

const CHROOT = defineCall({
  name: 'chroot',
  source: 'chroot(2)',
  purpose: 'Makes a directory the one that "/" means for this process and its children.',
  show: [text],
  needs: ['CAP_SYS_CHROOT'],
  look: { child: (pid) => `ls -l /proc/${pid}/root` },
  advice: { EPERM: 'chroot needs CAP_SYS_CHROOT. Run with sudo, or add --rootless.' },
});

/** Makes `path` the root directory. Source: chroot(2). */
export function chroot(path: string): Call {
  return CHROOT(path);
}

function workingDirectory(pid: number): string {
  return `ls -l /proc/${pid}/cwd`;
}

/** Writes a text to a file that exists, by three calls: open, write, close. Source: write(2). */
export function writeFile(path: string, text: string): Call[] {
  return writeTexts(path, [text]);
}

/** Writes several texts to a file that exists, each by a write of its own: some files of the kernel's take one at a time. Source: write(2). */
export function writeTexts(path: string, texts: readonly string[]): Call[] {
  const file = openat(path, O_WRONLY);
  return [file, ...texts.map((text) => write(file, text)), close(file)];
}

/** The path that a `write` goes to, where its descriptor was opened in the same list. */
export function pathWrittenBy(call: Call): string | undefined {
  const [fd] = call.args;
  return call.info.name === 'write' && fd !== undefined && fd !== null && isCall(fd) ? pathOf(fd) : undefined;
}
