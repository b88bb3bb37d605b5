/**
 * The calls of a sandbox's programs that the grader is told of, before they are
 * made: a seccomp filter stands before all of them, and a listener behind it.
 *
 * A program can make them past the kit, but not past the kernel. While one is
 * looked at, who makes it stands still, and so does everybody else who makes one:
 * whatever is changed by such a call has an order. Source: seccomp_unotify(2).
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { type HeardCall, Listener } from '../executor/listener.ts';
import { lackOfLibrary } from '../executor/native.ts';
import { attempt, perform } from '../executor/perform.ts';
import { assembleSections, type Case } from '../seccomp/compile.ts';
import { type Architecture, CALLS, NATIVE } from '../seccomp/numbers.ts';
import type { ArgumentTest } from '../seccomp/profile.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { openProcess, takeDescriptor } from '../syscalls/descriptors.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { close } from '../syscalls/files.ts';
import { AF, CLONE_NEWPID, MS, O_RDWR, O_WRONLY, SECCOMP_FILTER_FLAG, SECCOMP_RET } from '../syscalls/flags.ts';
import { type FilterInstruction, installFilter } from '../syscalls/identity.ts';

/** Which argument says that a call matters: any of these is enough. */
type Tests = readonly ArgumentTest[];

/** Under a mask it is a value. The kernel takes these arguments as numbers of 32 bits. */
function under(index: number, mask: number, value: number): ArgumentTest {
  return { index, op: 'SCMP_CMP_MASKED_EQ', value: BigInt(mask), valueTwo: BigInt(value) };
}

const has = (index: number, ...bits: readonly number[]): Tests => bits.map((bit) => under(index, bit, bit));

const ALL_BITS = 0xffffffff;
/** Of an ioctl, the second byte says what it is about; this one is about sockets and interfaces. Source: linux/sockios.h. */
const SIOC_TYPE = { mask: 0xff00, value: 0x8900 };

/** What is told of. Those that write files, and set up networks, are told of for the order alone. */
const TOLD = {
  execve: undefined,
  execveat: undefined,
  sethostname: undefined,
  setdomainname: undefined,
  setns: undefined,
  unshare: has(0, CLONE_NEWPID),
  mount: has(3, MS.MS_PRIVATE, MS.MS_SLAVE, MS.MS_UNBINDABLE),
  openat: has(2, O_WRONLY, O_RDWR),
  open: has(1, O_WRONLY, O_RDWR),
  openat2: undefined,
  creat: undefined,
  socket: [under(0, ALL_BITS, AF.AF_NETLINK)],
  ioctl: [under(1, SIOC_TYPE.mask, SIOC_TYPE.value)],
} satisfies Readonly<Record<string, Tests | undefined>>;

export type ToldName = keyof typeof TOLD;

/** A ring opens and writes files without a call. */
const REFUSED = 'io_uring_setup';

/** The numbers of those that a machine has, by Node's name of it. */
export const NUMBERS = { x64: numbersOf('x86-64'), arm64: numbersOf('arm64') };

function numbersOf(architecture: Architecture): Readonly<Record<string, number>> {
  const { numberOf } = CALLS[architecture];
  return Object.fromEntries(
    [...Object.keys(TOLD), REFUSED].flatMap((name) => {
      const number = numberOf(name);
      return number === undefined ? [] : [[name, number]];
    }),
  );
}

const native = NATIVE[process.arch] ?? 'x86-64';

/** What a call is called that the filter tells of. */
export function nameOfCall({ number }: HeardCall): ToldName | undefined {
  const name = CALLS[native].nameOf(number);
  return name !== undefined && isTold(name) ? name : undefined;
}

function isTold(name: string): name is ToldName {
  return name in TOLD;
}

const { SECCOMP_RET_ALLOW, SECCOMP_RET_USER_NOTIF, SECCOMP_RET_ERRNO } = SECCOMP_RET;

/**
 * The filter. What has another table of calls, such as programs of 32 bits, finds
 * a kernel without them: there is no second way to a call.
 */
export function filter(): FilterInstruction[] {
  const absent = SECCOMP_RET_ERRNO | errnoNumber('ENOSYS');
  const decisions = new Map<number, readonly Case[]>();
  const decide = (name: string, cases: readonly Case[]) => {
    const number = CALLS[native].numberOf(name);
    if (number !== undefined) decisions.set(number, cases);
  };
  for (const [name, tests] of Object.entries<Tests | undefined>(TOLD)) {
    const cases = tests?.map((test) => [test]) ?? [[]];
    decide(
      name,
      cases.map((holding) => ({ tests: holding, answer: SECCOMP_RET_USER_NOTIF })),
    );
  }
  decide(REFUSED, [{ tests: [], answer: absent }]);
  const rest = { otherwise: SECCOMP_RET_ALLOW, last: -1, beyond: SECCOMP_RET_ALLOW };
  return assembleSections([{ architecture: native, decisions, ...rest }], absent);
}

const {
  SECCOMP_FILTER_FLAG_NEW_LISTENER: LISTENER,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: NO_SLOWER,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: UNINTERRUPTED,
} = SECCOMP_FILTER_FLAG;
/** Linux 5.19 does not let a signal interrupt a call that is being looked at. */
const CHOICES = [LISTENER | NO_SLOWER | UNINTERRUPTED, LISTENER | NO_SLOWER];

/** Whether this kernel tells of calls, as Linux 5.6 does, and lets the grader listen. */
export function tellsOfCalls(): boolean {
  return flagsHere() !== undefined;
}

/** What a report must say of this kernel. */
export function notesOnTelling(): string[] {
  // Without the library nothing is graded at all, which is said elsewhere.
  if (lackOfLibrary() !== undefined || tellsOfCalls()) return [];
  return [
    'This kernel does not tell of calls before they are made, as Linux 5.6 does: what is put back in time is not seen.',
  ];
}

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
