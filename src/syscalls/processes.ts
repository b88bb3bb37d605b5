/** System calls that start, replace, observe and end processes. */
import { type Call, defineCall, type Struct } from './call.ts';
import { CLONE, PR, RLIMIT, W } from './flags.ts';
import { countOf, flags, oneOf, plain, signal, signalName } from './show.ts';

const CLONE_CALL = defineCall({
  name: 'clone',
  source: 'clone(2)',
  purpose: 'Makes a child process; each CLONE_NEW flag gives it a namespace of its own.',
  show: [flags(CLONE)],
  advice: {
    EPERM:
      'New namespaces need CAP_SYS_ADMIN, or CLONE_NEWUSER with them: run with sudo, or add --rootless. ' +
      'Where that is refused too, `npm run doctor` says why.',
    EINVAL: 'This kernel does not know one of these namespaces: `npm run doctor` tells which.',
    ENOSPC: 'A limit on namespaces is reached: see the files in /proc/sys/user.',
    EAGAIN: 'A limit on the number of processes is reached.',
  },
});

/**
 * How a clone is printed and explained. It is not performed from a list: the
 * executor makes it, in native/spawn.c.
 */
export function cloneCall(flag: number): Call {
  return CLONE_CALL(flag);
}

const EXECVE = defineCall({
  name: 'execve',
  source: 'execve(2)',
  purpose: 'Replaces the program that runs in this process; the process, its number and its namespaces stay.',
  show: [plain, plain, countOf('vars')],
  advice: {
    ENOENT: 'The program, or the interpreter that its first line or header names, is not in this file system.',
    EACCES: 'The file is not executable for this user, or its file system is mounted noexec.',
    ENOEXEC: 'The file is neither a program for this machine nor a script that begins with #!.',
    EAGAIN: 'A limit on processes is reached: raise --pids.',
  },
});

/** Becomes another program. Source: execve(2). */
export function execve(path: string, argv: readonly string[], environment: readonly string[]): Call {
  return EXECVE(path, argv, environment);
}

const EXIT_GROUP = defineCall({
  name: 'exit_group',
  source: 'exit_group(2)',
  purpose: 'Ends the process with a status that its parent can read.',
  show: [plain],
});

/** Ends the process. Source: exit_group(2). */
export function exit(status: number): Call {
  return EXIT_GROUP(status);
}

const GETPID = defineCall({
  name: 'getpid',
  source: 'getpid(2)',
  purpose: 'Asks for the number of this process, as its own PID namespace counts.',
  show: [],
});

/** The caller's number in its own PID namespace. Source: getpid(2). */
export function getpid(): Call {
  return GETPID();
}

const KILL = defineCall({
  name: 'kill',
  source: 'kill(2)',
  purpose: 'Sends a signal to a process.',
  show: [plain, signal],
});

/** Sends a signal. Source: kill(2). */
export function kill(pid: number, signal: number): Call {
  return KILL(pid, signal);
}

const WAIT4 = defineCall({
  name: 'wait4',
  source: 'wait4(2)',
  purpose: 'Learns how a child ended, and lets the kernel forget it.',
  show: [plain, plain, flags(W), plain],
});

/** Learns what became of a child; 0 with WNOHANG when nothing did. Source: wait4(2). */
export function wait4(pid: number, options: number): Call {
  return WAIT4(pid, { size: 4, text: (bytes) => waitStatusText(bytes.readInt32LE(0)) }, options, null);
}

/** A wait status in words, as strace(1) prints it. Source: wait(2). */
export function waitStatusText(status: number): string {
  const killer = status & 0x7f;
  if (killer === 0x7f) return `[{WIFSTOPPED(s) && WSTOPSIG(s) == ${signalName((status >> 8) & 0xff)}}]`;
  if (killer !== 0) {
    return `[{WIFSIGNALED(s) && WTERMSIG(s) == ${signalName(killer)}${status & 0x80 ? ' && WCOREDUMP(s)' : ''}}]`;
  }
  return `[{WIFEXITED(s) && WEXITSTATUS(s) == ${(status >> 8) & 0xff}}]`;
}

const PPOLL = defineCall({
  name: 'ppoll',
  source: 'poll(2)',
  purpose: 'Waits for something to happen; for nothing at all, it waits until a signal comes.',
  show: [plain, plain, plain, plain, plain],
});

/** Waits for ever, as pause(2) does. Source: poll(2). */
export function waitForSignal(): Call {
  return PPOLL(null, 0, null, null, 8);
}

const SETPGID = defineCall({
  name: 'setpgid',
  source: 'setpgid(2)',
  purpose: 'Puts a process into a process group: the unit to which a terminal sends Ctrl-C.',
  show: [plain, plain],
});

/** Puts a process into a group; 0 stands for the caller. Source: setpgid(2). */
export function setpgid(pid: number, group: number): Call {
  return SETPGID(pid, group);
}

const SETSID = defineCall({
  name: 'setsid',
  source: 'setsid(2)',
  purpose: 'Begins a session of its own, which has no terminal: nothing typed there reaches it.',
  show: [],
  advice: { EPERM: 'The leader of a process group cannot begin a session.' },
});

/** Leaves the terminal for a new session. Source: setsid(2). */
export function setsid(): Call {
  return SETSID();
}

const PRCTL = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Changes an attribute of this process.',
  show: [oneOf(PR), plain],
});

/** Orphans among the caller's descendants become its children. Source: prctl(2). */
export function becomeSubreaper(): Call {
  return PRCTL(PR.PR_SET_CHILD_SUBREAPER, 1);
}

const PRLIMIT64 = defineCall({
  name: 'prlimit64',
  source: 'getrlimit(2)',
  purpose: 'Limits what a process, and those that it starts, may use; here, how many processes its user may have.',
  show: [plain, oneOf(RLIMIT), plain, plain],
});

/**
 * Limits how many processes and threads the caller's user may have in its user
 * namespace and those below. Source: getrlimit(2), RLIMIT_NPROC.
 */
export function limitProcesses(count: number): Call {
  return PRLIMIT64(0, RLIMIT.RLIMIT_NPROC, processLimit(count), null);
}

/** struct rlimit64: the limit, and how far it may be raised again. */
function processLimit(count: number): Struct {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(count), 0);
  bytes.writeBigUInt64LE(BigInt(count), 8);
  return { bytes, text: `{rlim_cur=${count}, rlim_max=${count}}` };
}
