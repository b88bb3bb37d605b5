/**
 * The calls of a sandbox's programs that the grader is told of, before they are
 * made: a seccomp filter stands before all of them, and a listener behind it.
 *
 * A program can make them past the kit, but not past the kernel. While one is
 * looked at, who makes it stands still, and so does everybody else who makes one:
 * whatever is changed by such a call has an order. Source: seccomp_unotify(2).
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { Child } from '../executor/child.ts';
import { CallFailure } from '../executor/failure.ts';
import { type HeardCall, Listener } from '../executor/listener.ts';
import { lackOfLibrary } from '../executor/native.ts';
import { attempt, perform } from '../executor/perform.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { openProcess, takeDescriptor } from '../syscalls/descriptors.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { close } from '../syscalls/files.ts';
import { AF, CLONE_NEWPID, MS, O_RDWR, O_WRONLY, SECCOMP_FILTER_FLAG } from '../syscalls/flags.ts';
import { type FilterInstruction, installFilter, noNewPrivileges } from '../syscalls/identity.ts';
import { exit } from '../syscalls/processes.ts';

/** The numbers of the calls, by Node's name of the machine. Source: asm/unistd.h. */
export const NUMBERS = {
  x64: {
    open: 2,
    ioctl: 16,
    socket: 41,
    recvmsg: 47,
    execve: 59,
    creat: 85,
    mount: 165,
    sethostname: 170,
    setdomainname: 171,
    openat: 257,
    unshare: 272,
    recvmmsg: 299,
    setns: 308,
    execveat: 322,
    io_uring_setup: 425,
    openat2: 437,
    pidfd_getfd: 438,
  },
  arm64: {
    ioctl: 29,
    mount: 40,
    openat: 56,
    unshare: 97,
    sethostname: 161,
    setdomainname: 162,
    socket: 198,
    recvmsg: 212,
    execve: 221,
    recvmmsg: 243,
    setns: 268,
    execveat: 281,
    io_uring_setup: 425,
    openat2: 437,
    pidfd_getfd: 438,
  },
} as const;

export type ToldName = keyof (typeof NUMBERS)['x64'];

const numbers: Readonly<Partial<Record<ToldName, number>>> = NUMBERS[process.arch === 'arm64' ? 'arm64' : 'x64'];

/** What a call is called that the filter tells of. */
export function nameOfCall({ number }: Pick<HeardCall, 'number'>): ToldName | undefined {
  return Object.entries(numbers).find(([, known]) => known === number)?.[0] as ToldName | undefined;
}

/** Which argument says that a call matters: one of these bits is in it, or under a mask it is that value. */
type Condition =
  | { readonly argument: number; readonly bits: number }
  | { readonly argument: number; readonly mask: number; readonly value: number };

const ALL_BITS = 0xffffffff;
/** Of an ioctl, the second byte says what it is about; this one is about sockets and interfaces. Source: linux/sockios.h. */
const SIOC_TYPE = { mask: 0xff00, value: 0x8900 };

/** What is told of. Those that write files, and set up networks, are told of for the order alone. */
const TOLD: readonly (readonly [ToldName, Condition?])[] = [
  ['execve'],
  ['execveat'],
  ['sethostname'],
  ['setdomainname'],
  ['setns'],
  ['recvmsg'],
  ['recvmmsg'],
  ['pidfd_getfd'],
  ['unshare', { argument: 0, bits: CLONE_NEWPID }],
  ['mount', { argument: 3, bits: MS.MS_PRIVATE | MS.MS_SLAVE | MS.MS_UNBINDABLE }],
  ['openat', { argument: 2, bits: O_WRONLY | O_RDWR }],
  ['open', { argument: 1, bits: O_WRONLY | O_RDWR }],
  ['openat2'],
  ['creat'],
  ['socket', { argument: 0, mask: ALL_BITS, value: AF.AF_NETLINK }],
  ['ioctl', { argument: 1, ...SIOC_TYPE }],
];

/** Classic BPF: see linux/bpf_common.h. */
const CODES = { load: 0x20, and: 0x54, ifEqual: 0x15, ifLeast: 0x35, ifBits: 0x45, give: 0x06 } as const;
/** struct seccomp_data. */
const AT = { number: 0, architecture: 4, arguments: 16 } as const;
/** Source: linux/audit.h. */
const ARCHITECTURES: Readonly<Record<string, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };
/** From there on x86-64 has the calls of x32, which are no others. */
const X32 = 0x40000000;
const SECCOMP_RET_ALLOW = 0x7fff0000;
const SECCOMP_RET_USER_NOTIF = 0x7fc00000;
const SECCOMP_RET_ERRNO = 0x00050000;

type Target = 'next' | 'allow' | 'tell' | 'refuse' | number;

interface Line {
  readonly code: keyof typeof CODES;
  readonly value: number;
  /** Where it goes on; a number leaves out so many lines. */
  readonly yes?: Target;
  readonly no?: Target;
}

/**
 * The filter. What has another table of calls, such as programs of 32 bits, finds
 * a kernel without them: there is no second way to a call. And there are no rings:
 * a ring opens and writes files without a call.
 */
export function filter(): FilterInstruction[] {
  const lines: Line[] = [
    { code: 'load', value: AT.architecture },
    { code: 'ifEqual', value: ARCHITECTURES[process.arch] ?? 0, no: 'refuse' },
    { code: 'load', value: AT.number },
    ...(process.arch === 'x64' ? [{ code: 'ifLeast', value: X32, yes: 'refuse' } as const] : []),
    { code: 'ifEqual', value: numbers.io_uring_setup ?? 0, yes: 'refuse' },
    ...TOLD.flatMap(([name, condition]) => (numbers[name] === undefined ? [] : linesFor(numbers[name], condition))),
  ];
  const ends = [
    ['allow', SECCOMP_RET_ALLOW],
    ['tell', SECCOMP_RET_USER_NOTIF],
    ['refuse', SECCOMP_RET_ERRNO | errnoNumber('ENOSYS')],
  ] as const;
  const distance = (from: number, to: Target = 'next') => {
    if (typeof to === 'number') return to;
    return to === 'next' ? 0 : lines.length + ends.findIndex(([name]) => name === to) - from - 1;
  };
  return [
    ...lines.map(({ code, value, yes, no }, at) => {
      return { code: CODES[code], value, jumpTrue: distance(at, yes), jumpFalse: distance(at, no) };
    }),
    ...ends.map(([, value]) => ({ code: CODES.give, value })),
  ];
}

function linesFor(number: number, condition: Condition | undefined): Line[] {
  if (!condition) return [{ code: 'ifEqual', value: number, yes: 'tell' }];
  // The lower half, as all machines here have it first.
  const load: Line = { code: 'load', value: AT.arguments + 8 * condition.argument };
  const rest: Line[] =
    'bits' in condition
      ? [load, { code: 'ifBits', value: condition.bits, yes: 'tell', no: 'allow' }]
      : [
          load,
          { code: 'and', value: condition.mask },
          { code: 'ifEqual', value: condition.value, yes: 'tell', no: 'allow' },
        ];
  return [{ code: 'ifEqual', value: number, no: rest.length }, ...rest];
}

const {
  SECCOMP_FILTER_FLAG_NEW_LISTENER: LISTENER,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: NO_SLOWER,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: UNINTERRUPTED,
} = SECCOMP_FILTER_FLAG;
/** Linux 5.19 does not let a signal interrupt a call that is being looked at. */
const CHOICES = [LISTENER | NO_SLOWER | UNINTERRUPTED, LISTENER | NO_SLOWER];

/** What a report must say of this machine: why nobody is told of calls. */
export async function notesOnTelling(): Promise<string[]> {
  // Without the library nothing is graded at all, which is said elsewhere.
  if (lackOfLibrary() !== undefined) return [];
  const flags = flagsHere();
  const reason =
    flags === undefined
      ? 'This kernel does not tell of calls before they are made, as Linux 5.6 does'
      : (await isTaken(flags))
        ? 'Somebody listens to the calls of the grader itself, so it cannot be told of others'
        : undefined;
  return reason === undefined ? [] : [`${reason}: what is put back in time is not seen.`];
}

/** Whether there is a listener above this process already: there can be one. A child tries, since a filter stays. */
async function isTaken(flags: number): Promise<boolean> {
  const child = new Child(
    [noNewPrivileges(), installFilter([{ code: CODES.give, value: SECCOMP_RET_ALLOW }], flags), exit(0)],
    0,
    {},
  );
  try {
    await child.wait();
    return false;
  } catch (error) {
    if (error instanceof CallFailure) return error.errno === 'EBUSY';
    throw error;
  } finally {
    await child.destroy();
  }
}

/** How to listen here; undefined where the kernel tells of no calls. */
function flagsHere(): number | undefined {
  // What is no process has no descriptors; where nobody may ask, the answer is another.
  if (attempt(takeDescriptor(-1, 0)).result !== -errnoNumber('EBADF')) return undefined;
  // Of a filter that is nowhere the kernel looks at the flags first. Source: seccomp(2).
  const ask = (flags: number) => {
    const call = installFilter([], flags);
    return attempt({ ...call, args: [...call.args.slice(0, 2), null] }).result;
  };
  return CHOICES.find((flags) => ask(flags) === -errnoNumber('EFAULT'));
}

/** The calls of the process that is to be told of, as the last before its program; none where no kernel tells. */
export function tellOfCalls(): Call[] {
  const flags = flagsHere();
  // Where somebody listens to the grader itself there cannot be another one.
  return flags === undefined ? [] : [tolerating('EBUSY', installFilter(filter(), flags))];
}

/** Listens to a process that has made those calls; undefined if it has no listener. @throws CallFailure */
export function listenToProcess(pid: number, hear: (call: HeardCall) => void | Promise<void>): Listener | undefined {
  const fd = listenerOf(pid);
  if (fd === undefined) return undefined;
  const process = openProcess(pid);
  const [, taken = -1] = perform([process, takeDescriptor(process, fd), close(process)]).results;
  return new Listener(taken, hear);
}

function listenerOf(pid: number): number | undefined {
  const folder = `/proc/${pid}/fd`;
  const found = readdirSync(folder).find((fd) => readlinkSync(`${folder}/${fd}`) === 'anon_inode:seccomp notify');
  return found === undefined ? undefined : Number(found);
}
