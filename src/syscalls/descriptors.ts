/** System calls that are about descriptors: duplicating, closing, marking, passing on, waiting for them. */
import { type Call, defineCall, type Struct, sizeOf } from './call.ts';
import { CLOSE_RANGE, F, F_SEAL, FD, POLL } from './flags.ts';
import { descriptor, flags, flagText, number, oneOf, plain, quoted } from './show.ts';

const DUPLICATE = defineCall({
  name: 'fcntl',
  source: 'fcntl(2)',
  purpose: 'Duplicates a descriptor, with the lowest free number from a given one on.',
  show: [descriptor, oneOf(F), number],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  examples: () => [duplicateFrom(-1, 60)],
});

/** A duplicate that is closed on exec, with a number of at least `lowest`. Source: fcntl(2), F_DUPFD_CLOEXEC. */
export function duplicateFrom(fd: number | Call, lowest: number): Call {
  return DUPLICATE(fd, F.F_DUPFD_CLOEXEC, lowest);
}

const SET_FLAG = defineCall({
  name: 'fcntl',
  source: 'fcntl(2)',
  purpose: 'Says whether a descriptor is closed when the process becomes another program.',
  show: [descriptor, oneOf(F), flags(FD)],
  descriptors: [0],
  subject: 'descriptors',
  examples: () => [closeOnExec(-1), keepOnExec(-1)],
});

/** The descriptor will be closed by execve. Source: fcntl(2), F_SETFD. */
export function closeOnExec(fd: number | Call): Call {
  return SET_FLAG(fd, F.F_SETFD, FD.FD_CLOEXEC);
}

/** The descriptor will stay open over execve. Source: fcntl(2), F_SETFD. */
export function keepOnExec(fd: number | Call): Call {
  return SET_FLAG(fd, F.F_SETFD, 0);
}

const ADD_SEALS = defineCall({
  name: 'fcntl',
  source: 'fcntl(2)',
  purpose: 'Seals a file in memory: what is forbidden once can never be done to it again.',
  show: [descriptor, oneOf(F), flags(F_SEAL)],
  descriptors: [0],
  subject: 'descriptors',
  advice: { EBUSY: 'It is mapped for writing somewhere.', EPERM: 'It is sealed already, or was not made for it.' },
  examples: () => [sealAgainstChange(-1)],
});

/** Nobody can write to a file in memory, change its size, or unseal it any more. Source: fcntl(2), F_ADD_SEALS. */
export function sealAgainstChange(fd: number | Call): Call {
  return ADD_SEALS(
    fd,
    F.F_ADD_SEALS,
    F_SEAL.F_SEAL_SEAL | F_SEAL.F_SEAL_SHRINK | F_SEAL.F_SEAL_GROW | F_SEAL.F_SEAL_WRITE,
  );
}

const CLOSE_RANGE_CALL = defineCall({
  name: 'close_range',
  source: 'close_range(2)',
  purpose: 'Closes all descriptors from one number to another, or marks them to be closed on exec.',
  show: [number, number, flags(CLOSE_RANGE)],
  subject: 'descriptors',
  advice: { ENOSYS: 'close_range needs Linux 5.9.', EINVAL: 'Marking a range needs Linux 5.11.' },
  examples: () => [closeRange(2000, 3000), closeRangeOnExec(2000), closeRange(2, 1)],
});

const NO_LIMIT = 2 ** 32 - 1;

/** Closes the descriptors from `first` to `last`, both included. Linux 5.9. Source: close_range(2). */
export function closeRange(first: number, last = NO_LIMIT): Call {
  return CLOSE_RANGE_CALL(first, last, 0);
}

/** They will be closed by execve. Linux 5.11. Source: close_range(2). */
export function closeRangeOnExec(first: number, last = NO_LIMIT): Call {
  return CLOSE_RANGE_CALL(first, last, CLOSE_RANGE.CLOSE_RANGE_CLOEXEC);
}

const PPOLL = defineCall({
  name: 'ppoll',
  source: 'poll(2)',
  purpose: 'Waits until there is something to read at a descriptor, or its other end is closed.',
  show: [plain, plain, plain, plain, plain],
  subject: 'descriptors',
  examples: () => [awaitInput(9999), awaitInput(9999, 1), askForChange(9999)],
});

/**
 * Waits until `fd` has something to read or is at its end, at most some seconds
 * if they are given: then its result is 0. At a fifo opened with O_NONBLOCK, it
 * waits for the first writer. Source: poll(2).
 */
export function awaitInput(fd: number | Call, seconds?: number): Call {
  const bytes = Buffer.alloc(8);
  bytes.writeInt16LE(POLL.POLLIN, 4);
  const descriptor: Struct = {
    bytes,
    text: ['[{fd=', fd, `, events=${flagText(POLL.POLLIN, POLL)}}]`],
    descriptors: [{ at: 0, fd }],
  };
  return PPOLL(descriptor, 1, seconds === undefined ? null : timespec(seconds), null, 8);
}

/** struct timespec, of whole seconds. */
function timespec(seconds: number): Struct {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(seconds));
  return { bytes, text: `{tv_sec=${seconds}, tv_nsec=0}` };
}

/**
 * Says at once, by a result of 1, whether something has happened at `fd` that is
 * more urgent than input: to the mounts that an open mountinfo shows. Source: proc_pid_mounts(5).
 */
export function askForChange(fd: number): Call {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(fd, 0);
  bytes.writeInt16LE(POLL.POLLPRI, 4);
  return PPOLL({ bytes, text: `[{fd=${fd}, events=${flagText(POLL.POLLPRI, POLL)}}]` }, 1, timespec(0), null, 8);
}

const SENDMSG = defineCall({
  name: 'sendmsg',
  source: 'sendmsg(2)',
  purpose: 'Sends a message over a socket, and with it descriptors: the receiver gets duplicates of its own.',
  show: [descriptor, plain, plain],
  descriptors: [0],
  subject: 'descriptors',
  advice: { EBADF: 'One of the descriptors is not open.', EPIPE: 'The other end is closed.' },
  examples: () => [sendDescriptor(-1, 0, 'tty')],
});

/** A control message has a header of 16 bytes, and is padded to a multiple of 8. */
const CMSG_HEADER = 16;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;

/** Sends a text, and a descriptor with it. Source: unix(7), SCM_RIGHTS; cmsg(3). */
export function sendDescriptor(socket: number | Call, fd: number | Call, text: string): Call {
  const control = Buffer.alloc(24);
  control.writeBigUInt64LE(BigInt(CMSG_HEADER + 4), 0);
  control.writeInt32LE(SOL_SOCKET, 8);
  control.writeInt32LE(SCM_RIGHTS, 12);
  const rights: Struct = {
    bytes: control,
    text: [`[{cmsg_len=${CMSG_HEADER + 4}, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[`, fd, ']}]'],
    descriptors: [{ at: CMSG_HEADER, fd }],
  };
  return SENDMSG(socket, messageHeader(text, rights), 0);
}

/** struct msghdr: no address, one struct iovec, one control message. */
function messageHeader(text: string, control: Struct): Struct {
  const size = sizeOf(text);
  const vector = Buffer.alloc(16);
  vector.writeBigUInt64LE(BigInt(size), 8);
  const message = Buffer.alloc(56);
  message.writeBigUInt64LE(1n, 24);
  message.writeBigUInt64LE(BigInt(control.bytes.length), 40);
  const io: Struct = {
    bytes: vector,
    text: `[{iov_base=${quoted(text)}, iov_len=${size}}]`,
    pointers: [{ at: 0, to: text }],
  };
  return {
    bytes: message,
    text: [
      '{msg_name=NULL, msg_namelen=0, msg_iov=',
      io,
      ', msg_iovlen=1, msg_control=',
      control,
      `, msg_controllen=${control.bytes.length}, msg_flags=0}`,
    ],
    pointers: [
      { at: 16, to: io },
      { at: 32, to: control },
    ],
  };
}

const PIDFD_OPEN = defineCall({
  name: 'pidfd_open',
  source: 'pidfd_open(2)',
  purpose: 'Opens a process: the descriptor means this one, also when its number is given to another.',
  show: [descriptor, plain],
  opens: true,
  subject: 'descriptors',
  advice: { ESRCH: 'There is no such process any more.', ENOSYS: 'pidfd_open needs Linux 5.3.' },
  examples: () => [openProcess(-1)],
});

/** Opens a process. Linux 5.3. Source: pidfd_open(2). */
export function openProcess(pid: number | Call): Call {
  return PIDFD_OPEN(pid, 0);
}

const PIDFD_GETFD = defineCall({
  name: 'pidfd_getfd',
  source: 'pidfd_getfd(2)',
  purpose: 'Takes a duplicate of a descriptor that another process has open.',
  show: [descriptor, number, plain],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  advice: { EPERM: 'Only who may trace a process may take its descriptors.', ENOSYS: 'It needs Linux 5.6.' },
  examples: () => [takeDescriptor(-1, 0)],
});

/** A duplicate of descriptor `fd` of an open process. Linux 5.6. Source: pidfd_getfd(2). */
export function takeDescriptor(process: number | Call, fd: number): Call {
  return PIDFD_GETFD(process, fd, 0);
}
