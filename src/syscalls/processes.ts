/** System calls that start, replace, observe and end processes. */
import { type Call, defineCall, type Struct } from './call.ts';
import { AT, CLONE, PR, RLIMIT, W } from './flags.ts';
import { answer, countOf, descriptor, flags, number, oneOf, plain, signal, signalName, text, words } from './show.ts';

const CLONE_CALL = defineCall({
  name: 'clone',
  source: 'clone(2)',
  purpose: 'Makes a child process; each CLONE_NEW flag gives it a namespace of its own.',
  show: [flags(CLONE)],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: (pid) => `lsns -p ${pid}` },
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
 * Makes a process that makes the calls of a list of its own and then ends, with
 * 0, or with 125 if a call failed. Its result is the new process's number, as
 * the caller counts, and the caller goes on with its own list. The new process
 * has a copy of the caller's memory and descriptors, and may use the results of
 * the calls before its clone. With CLONE_PARENT it becomes a child of the
 * caller's parent. Where a child dies with its parent, so does this one with its
 * own. Source: clone(2).
 *
 * Without a list it is the clone of a child itself, as it is printed and
 * explained: that one is made in native/spawn.c.
 */
export function cloneCall(flag: number, list?: readonly Call[]): Call {
  return { ...CLONE_CALL(flag), ...(list && { list }) };
}

const EXECVE = defineCall({
  name: 'execve',
  source: 'execve(2)',
  purpose: 'Replaces the program that runs in this process; the process, its number and its namespaces stay.',
  show: [text, words, countOf('vars')],
  leaves: 'for a program',
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

const EXECVEAT = defineCall({
  name: 'execveat',
  source: 'execveat(2)',
  purpose: 'Replaces the program that runs in this process by one that is open already.',
  show: [descriptor, text, words, countOf('vars'), flags(AT)],
  descriptors: [0],
  leaves: 'for a program',
  advice: { ENOENT: 'A script cannot be executed by a descriptor that is closed on exec.' },
  examples: () => [execveat(-1, ['x'], ['A=1', 'B=2'])],
});

/** Becomes the program that `fd` has open. Source: execveat(2), AT_EMPTY_PATH. */
export function execveat(fd: number | Call, argv: readonly string[], environment: readonly string[]): Call {
  return EXECVEAT(fd, '', argv, environment, AT.AT_EMPTY_PATH);
}

const HAND_OVER = defineCall({
  name: 'execveat',
  source: 'execveat(2)',
  purpose:
    'Hands the rest of the list to the walker, a program of a few kilobytes: from here on the process has memory of ' +
    'its own, with nothing of its creator in it, and nobody in a container can look into it.',
  show: [plain, plain, plain, countOf('vars'), flags(AT)],
  leaves: 'for a program',
  look: { child: (pid) => `ls -l /proc/${pid}/exe; grep VmRSS /proc/${pid}/status` },
});

/** What is printed for the descriptor of native/walker, which the executor has open. */
const WALKER: Struct = { bytes: new Uint8Array(), text: '</walker>' };

/**
 * The calls from here on are made by `native/walker`, which this process
 * becomes. They may use the results of earlier ones as ever, and the descriptors
 * that they use stay open until then. A list that waits for long, outlives its
 * creator or enters a container must hand over first.
 *
 * The walker is not dumpable, so the files in its /proc/PID belong to the
 * host's root: where the creator is not root and has to write the uid_map of
 * this process, that must happen before. A `mark` is among its words: everybody
 * can read there whose it is. Source: execveat(2), prctl(2).
 */
export function handOver(mark?: string): Call {
  const marked = mark === undefined ? [] : [mark];
  return { ...HAND_OVER(WALKER, '', ['walker'], [], AT.AT_EMPTY_PATH, ...marked), handsOver: true };
}

const EXIT_GROUP = defineCall({
  name: 'exit_group',
  source: 'exit_group(2)',
  purpose: 'Ends the process with a status that its parent can read.',
  show: [number],
  leaves: 'for good',
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
  show: [number, signal],
});

/** Sends a signal. Source: kill(2). */
export function kill(pid: number, signal: number): Call {
  return KILL(pid, signal);
}

const WAIT4 = defineCall({
  name: 'wait4',
  source: 'wait4(2)',
  purpose: 'Learns how a child ended, and lets the kernel forget it.',
  show: [number, answer, flags(W), plain],
  advice: { ECHILD: 'It is no child of this process, or somebody else has waited for it already.' },
});

/** Learns what became of a child; 0 with WNOHANG when nothing did. Source: wait4(2). */
export function wait4(pid: number | Call, options: number): Call {
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
  show: [number, number],
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

const SUBREAPER = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Makes this process the new parent of orphans among its descendants.',
  show: [oneOf(PR), plain],
});

/** Orphans among the caller's descendants become its children. Source: prctl(2). */
export function becomeSubreaper(): Call {
  return SUBREAPER(PR.PR_SET_CHILD_SUBREAPER, 1);
}

const DUMPABLE = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Says whether others of the same user may trace this process and read its memory.',
  show: [oneOf(PR), oneOf({ SUID_DUMP_DISABLE: 0, SUID_DUMP_USER: 1 })],
  look: { child: (pid) => `ls -l /proc/${pid}/maps` },
});

/**
 * Whether the process can be traced, and owns its files in /proc. It belongs to
 * the memory: a child that shares it says so of its parent, too. Source: prctl(2).
 */
export function setDumpable(dumpable: boolean): Call {
  return DUMPABLE(PR.PR_SET_DUMPABLE, Number(dumpable));
}

const DEATH_SIGNAL = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Asks for a signal when the parent dies.',
  show: [oneOf(PR), signal],
});

/** Asks for a signal at the parent's death; a change of user id clears it. Source: prctl(2), PR_SET_PDEATHSIG. */
export function signalOnParentsDeath(number: number): Call {
  return DEATH_SIGNAL(PR.PR_SET_PDEATHSIG, number);
}

const PIDFD_SEND_SIGNAL = defineCall({
  name: 'pidfd_send_signal',
  source: 'pidfd_send_signal(2)',
  purpose: 'Sends a signal to an open process, and to no other that got its number meanwhile.',
  show: [descriptor, signal, plain, plain],
  descriptors: [0],
  advice: { ESRCH: 'The process has ended.', ENOSYS: 'It needs Linux 5.1.' },
  examples: () => [signalProcess(-1, 15)],
});

/** Sends a signal to the process that a pidfd means. Linux 5.1. Source: pidfd_send_signal(2). */
export function signalProcess(process: number | Call, number: number): Call {
  return PIDFD_SEND_SIGNAL(process, number, null, 0);
}

const PRLIMIT64 = defineCall({
  name: 'prlimit64',
  source: 'getrlimit(2)',
  purpose: 'Limits what a process, and those that it starts, may use.',
  show: [plain, oneOf(RLIMIT), plain, plain],
  examples: () => [limit('RLIMIT_SIGPENDING', 4095)],
});

/**
 * Limits how many processes and threads the caller's user may have in its user
 * namespace and those below. Source: getrlimit(2), RLIMIT_NPROC.
 */
export function limitProcesses(count: number): Call {
  return limit('RLIMIT_NPROC', count);
}

/** Limits something for good, for the caller and all that it starts: the limit cannot be raised again. Source: getrlimit(2). */
export function limit(what: keyof typeof RLIMIT, most: number): Call {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(most), 0);
  bytes.writeBigUInt64LE(BigInt(most), 8);
  return PRLIMIT64(0, RLIMIT[what], { bytes, text: `{rlim_cur=${most}, rlim_max=${most}}` }, null);
}
