/** System calls on files, directories and pipes. */
import { type Argument, type Call, defineCall, isCall, type Out, tolerating } from './call.ts';
import { AT, AT_FDCWD, O, O_CLOEXEC, O_WRONLY } from './flags.ts';
import { directory, flags, octal, plain, type Show } from './show.ts';

/** Reading is what an open does that asks for neither writing nor both: no bit says so. */
const openFlags: Show = (argument, resolve) => {
  const text = flags(O)(argument, resolve);
  return /O_WRONLY|O_RDWR|^O_RDONLY/.test(text) ? text : `O_RDONLY|${text}`;
};

const OPENAT = defineCall({
  name: 'openat',
  source: 'open(2)',
  purpose: 'Opens a file and gives a descriptor for it.',
  show: [directory, plain, openFlags, octal],
  opens: true,
  advice: {
    ENOENT: 'No such file here: a kernel without this feature, or a path that is not in this mount namespace.',
  },
});

/** Opens `path`; `mode` counts only with O_CREAT. Source: open(2). */
export function openat(path: string, flag: number, mode = 0, from: number | Call = AT_FDCWD): Call {
  return OPENAT(from, path, flag | O_CLOEXEC, ...(mode === 0 ? [] : [mode]));
}

const WRITE = defineCall({
  name: 'write',
  source: 'write(2)',
  purpose: 'Writes bytes to a file; in /proc and in cgroups, that is how settings are made.',
  show: [plain, plain, plain],
  advice: {
    EPERM: 'The kernel refuses this setting to this user.',
    EINVAL: 'The kernel does not accept this value.',
    EBUSY: 'Something else is in the way, such as processes in a cgroup that is to hand out controllers.',
    ENOSPC: 'A cgroup v1 cpuset must have its cpus and mems before a process may join.',
  },
});

/** Writes a text, as UTF-8. Source: write(2). */
export function write(fd: number | Call, text: string): Call {
  return WRITE(fd, text, Buffer.byteLength(text));
}

const READ = defineCall({
  name: 'read',
  source: 'read(2)',
  purpose: 'Reads from a file; on an empty pipe it waits until the other end writes or is closed.',
  show: [plain, plain, plain],
});

/** Reads at most `out.size` bytes. Source: read(2). */
export function read(fd: number | Call, out: Out): Call {
  return READ(fd, out, out.size);
}

const CLOSE = defineCall({
  name: 'close',
  source: 'close(2)',
  purpose: 'Closes a descriptor; a pipe ends when the last copy of its write end is closed.',
  show: [plain],
});

/** Closes a descriptor. Source: close(2). */
export function close(fd: number | Call): Call {
  return CLOSE(fd);
}

const DUP3 = defineCall({
  name: 'dup3',
  source: 'dup(2)',
  purpose: 'Makes one descriptor mean what another means; that is how a program gets its standard streams.',
  show: [plain, plain, flags({ O_CLOEXEC })],
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
});

/** Makes a pipe; both ends close on exec. Source: pipe(2). */
export function pipe2(): Call {
  return PIPE2({ size: 8, text: (bytes) => `[${bytes.readInt32LE(0)}, ${bytes.readInt32LE(4)}]` }, O_CLOEXEC);
}

const MKDIRAT = defineCall({
  name: 'mkdirat',
  source: 'mkdir(2)',
  purpose: 'Makes a directory; in a cgroup file system, that makes a cgroup.',
  show: [directory, plain, octal],
  advice: { EACCES: 'The parent directory belongs to someone else. Run with sudo.' },
});

/** Makes a directory. Source: mkdir(2). */
export function mkdir(path: string, mode = 0o755): Call {
  return MKDIRAT(AT_FDCWD, path, mode);
}

/** Makes a directory unless it is there. */
export function ensureDirectory(path: string, mode = 0o755): Call {
  return tolerating('EEXIST', mkdir(path, mode));
}

const UNLINKAT = defineCall({
  name: 'unlinkat',
  source: 'unlink(2)',
  purpose: 'Removes a file, or with AT_REMOVEDIR a directory.',
  show: [directory, plain, flags(AT)],
});

/** Removes an empty directory; in a cgroup file system, a cgroup. Source: rmdir(2). */
export function rmdir(path: string): Call {
  return UNLINKAT(AT_FDCWD, path, AT.AT_REMOVEDIR);
}

const SYMLINKAT = defineCall({
  name: 'symlinkat',
  source: 'symlink(2)',
  purpose: 'Makes a symbolic link.',
  show: [plain, directory, plain],
});

/** Makes a symbolic link at `path` that says `target`. Source: symlink(2). */
export function symlink(target: string, path: string): Call {
  return SYMLINKAT(target, AT_FDCWD, path);
}

const CHDIR = defineCall({
  name: 'chdir',
  source: 'chdir(2)',
  purpose: 'Changes the working directory.',
  show: [plain],
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
  show: [plain],
});

/** Changes the working directory to an open one. Source: chdir(2). */
export function fchdir(fd: number | Call): Call {
  return FCHDIR(fd);
}

const CHROOT = defineCall({
  name: 'chroot',
  source: 'chroot(2)',
  purpose: 'Makes a directory the one that "/" means for this process and its children.',
  show: [plain],
  advice: { EPERM: 'chroot needs CAP_SYS_CHROOT. Run with sudo, or add --rootless.' },
});

/** Makes `path` the root directory. Source: chroot(2). */
export function chroot(path: string): Call {
  return CHROOT(path);
}

/** Writes a text to a file that exists: open, write, close. */
export function writeFile(path: string, text: string): Call[] {
  const file = openat(path, O_WRONLY);
  return [file, write(file, text), close(file)];
}

/** The path that a `write` goes to, where its descriptor was opened in the same list. */
export function pathWrittenBy(call: Call): string | undefined {
  const [fd] = call.args;
  if (call.info.name !== 'write' || fd === undefined || !isCall(fd)) return undefined;
  return typeof fd.args[1] === 'string' ? fd.args[1] : undefined;
}
