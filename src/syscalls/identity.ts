/** System calls that change who a process is, and what it may do. */
import { type Call, defineCall, type Struct } from './call.ts';
import { CAP, type Capability, KEYCTL, PR, PR_CAP_AMBIENT, SECBIT, SECCOMP, SECCOMP_FILTER_FLAG } from './flags.ts';
import { described, Mistake } from './mistake.ts';
import { flags, number, oneOf, plain } from './show.ts';

const unmapped = 'This id has no line in the user namespace’s map.';

const SETRESUID = defineCall({
  name: 'setresuid',
  source: 'setresuid(2)',
  purpose: 'Sets the real, effective and saved user id.',
  show: [number, number, number],
  needs: ['CAP_SETUID'],
  look: { child: (pid) => `grep Uid /proc/${pid}/status` },
  advice: { EINVAL: unmapped, EPERM: 'Becoming another user needs CAP_SETUID.' },
});

/** Becomes a user: real, effective and saved id alike. Source: setresuid(2). */
export function setUser(uid: number): Call {
  return SETRESUID(uid, uid, uid);
}

const SETRESGID = defineCall({
  name: 'setresgid',
  source: 'setresgid(2)',
  purpose: 'Sets the real, effective and saved group id.',
  show: [number, number, number],
  needs: ['CAP_SETGID'],
  look: { child: (pid) => `grep Gid /proc/${pid}/status` },
  advice: { EINVAL: unmapped, EPERM: 'Becoming another group needs CAP_SETGID.' },
});

/** Becomes a member of a group: real, effective and saved id alike. Source: setresgid(2). */
export function setGroup(gid: number): Call {
  return SETRESGID(gid, gid, gid);
}

const SETGROUPS = defineCall({
  name: 'setgroups',
  source: 'setgroups(2)',
  purpose: 'Sets the supplementary groups; an empty list drops those of the parent.',
  show: [plain, plain],
  needs: ['CAP_SETGID'],
  look: { child: (pid) => `grep Groups /proc/${pid}/status` },
  advice: { EPERM: 'The namespace denies setgroups, or CAP_SETGID is missing.' },
});

/** Leaves all supplementary groups. Source: setgroups(2). */
export function dropGroups(): Call {
  return SETGROUPS(0, null);
}

const CAPSET = defineCall({
  name: 'capset',
  source: 'capget(2)',
  purpose: 'Sets which capabilities the process has now, may take, and hands on.',
  show: [plain, plain],
  look: { child: (pid) => `grep Cap /proc/${pid}/status` },
  advice: { EPERM: 'A process can only take what it is permitted, and permit itself nothing new.' },
  examples: () => [setCapabilities({ effective: ['CAP_CHOWN'], permitted: [], inheritable: [] })],
});

export interface CapabilitySets {
  readonly effective: readonly Capability[];
  readonly permitted: readonly Capability[];
  readonly inheritable: readonly Capability[];
}

const CAPABILITY_VERSION = 0x20080522;

/** Sets the caller's capabilities; effective is never more than permitted. Source: capget(2). */
export function setCapabilities({ effective, permitted, inheritable }: CapabilitySets): Call {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(CAPABILITY_VERSION, 0);
  // The lower 32 bits of all three sets come first, then the upper ones.
  const data = Buffer.alloc(24);
  [effective, permitted, inheritable].forEach((set, index) => {
    const bits = bitsOf(set);
    data.writeUInt32LE(Number(bits & 0xffffffffn), index * 4);
    data.writeUInt32LE(Number(bits >> 32n), 12 + index * 4);
  });
  const text = `{effective=${setText(effective)}, permitted=${setText(permitted)}, inheritable=${setText(inheritable)}}`;
  return CAPSET({ bytes: header, text: '{version=_LINUX_CAPABILITY_VERSION_3, pid=0}' }, { bytes: data, text });
}

function bitsOf(set: readonly Capability[]): bigint {
  return set.reduce((bits, name) => bits | (1n << BigInt(CAP[name])), 0n);
}

function setText(set: readonly Capability[]): string {
  const inOrder = Object.keys(CAP).filter((name) => set.some((one) => one === name));
  return inOrder.map((name) => `1<<${name}`).join('|') || '0';
}

const DROP_BOUND = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Gives up a capability for good: no program that this process becomes can get it.',
  show: [oneOf(PR), oneOf(CAP)],
  needs: ['CAP_SETPCAP'],
  look: { child: (pid) => `grep CapBnd /proc/${pid}/status` },
  advice: {
    EPERM: 'Giving up a capability for good needs CAP_SETPCAP.',
    EINVAL: 'This kernel has no such capability.',
  },
});

/** Takes a capability, or the one with a bit, out of the bounding set. Source: capabilities(7), PR_CAPBSET_DROP. */
export function dropBounding(capability: Capability | number): Call {
  return DROP_BOUND(PR.PR_CAPBSET_DROP, typeof capability === 'number' ? capability : CAP[capability]);
}

const KEEP_PERMITTED = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Lets root stay permitted what it is when it becomes another user; execve ends that.',
  show: [oneOf(PR), plain],
  examples: () => [keepPermitted()],
});

/** Becoming another user leaves the permitted capabilities as they are, until execve. Source: prctl(2), PR_SET_KEEPCAPS. */
export function keepPermitted(): Call {
  return KEEP_PERMITTED(PR.PR_SET_KEEPCAPS, 1);
}

const RAISE_AMBIENT = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Hands a capability on to the program of a user who is not root.',
  show: [oneOf(PR), oneOf(PR_CAP_AMBIENT), oneOf(CAP), plain, plain],
  look: { child: (pid) => `grep CapAmb /proc/${pid}/status` },
  advice: { EPERM: 'A capability can only become ambient if it is both permitted and inheritable.' },
  examples: () => [raiseAmbient('CAP_CHOWN')],
});

/** The next program has a capability also if its user is not root. Source: capabilities(7), Ambient. */
export function raiseAmbient(capability: Capability): Call {
  return RAISE_AMBIENT(PR.PR_CAP_AMBIENT, PR_CAP_AMBIENT.PR_CAP_AMBIENT_RAISE, CAP[capability], 0, 0);
}

const SECURE_BITS = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'Says what a change of user ids does to capabilities.',
  show: [oneOf(PR), flags(SECBIT)],
  needs: ['CAP_SETPCAP'],
  advice: { EPERM: 'It needs CAP_SETPCAP.' },
  examples: () => [keepCapabilities()],
});

/** From now on a change of user ids leaves the capabilities as they are. Source: capabilities(7), SECBIT_NO_SETUID_FIXUP. */
export function keepCapabilities(): Call {
  return SECURE_BITS(PR.PR_SET_SECUREBITS, SECBIT.SECBIT_NO_SETUID_FIXUP);
}

const JOIN_KEYRING = defineCall({
  name: 'keyctl',
  source: 'keyctl(2)',
  purpose: 'Begins a session keyring of its own: keys of the session so far are out of reach.',
  show: [oneOf(KEYCTL), plain],
  look: { child: (pid) => `cat /proc/${pid}/keys` },
  advice: { ENOSYS: 'This kernel keeps no keys.' },
});

/** Begins a new session keyring. Source: keyctl_join_session_keyring(3). */
export function joinNewKeyring(): Call {
  return JOIN_KEYRING(KEYCTL.KEYCTL_JOIN_SESSION_KEYRING, null);
}

const NO_NEW_PRIVILEGES = defineCall({
  name: 'prctl',
  source: 'prctl(2)',
  purpose: 'From now on no execve gives more rights than there were before, not even of a set-user-ID program.',
  show: [oneOf(PR), plain, plain, plain, plain],
  look: { child: (pid) => `grep NoNewPrivs /proc/${pid}/status` },
});

/** No new rights by execve, for good. Source: prctl(2), PR_SET_NO_NEW_PRIVS. */
export function noNewPrivileges(): Call {
  return NO_NEW_PRIVILEGES(PR.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

const SECCOMP_CALL = defineCall({
  name: 'seccomp',
  source: 'seccomp(2)',
  purpose: 'Puts a filter before every system call that this process and its children will make.',
  show: [oneOf(SECCOMP), flags(SECCOMP_FILTER_FLAG), plain],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: (pid) => `grep Seccomp /proc/${pid}/status` },
  advice: {
    EACCES: 'Without CAP_SYS_ADMIN, a filter may be installed only after PR_SET_NO_NEW_PRIVS.',
    EINVAL: 'The filter is not a valid program: it must end with a return, and jump forward only.',
  },
  examples: () => [installFilter([])],
});

/** An instruction of classic BPF: struct sock_filter. */
export interface FilterInstruction {
  readonly code: number;
  readonly jumpTrue?: number;
  readonly jumpFalse?: number;
  readonly value: number;
}

/**
 * Installs a seccomp filter, for good. What the executor itself still does need
 * not be allowed, but what the list does must, execve included. `flag`: of
 * SECCOMP_FILTER_FLAG. `detail` is for a plan. Source: seccomp(2).
 */
export function installFilter(
  instructions: readonly FilterInstruction[],
  flag = 0,
  detail?: () => readonly string[],
): Call {
  const program = filterProgram(instructions);
  return SECCOMP_CALL(SECCOMP.SECCOMP_SET_MODE_FILTER, flag, detail ? { ...program, detail } : program);
}

/** struct sock_fprog: how many instructions, and where they are. */
function filterProgram(instructions: readonly FilterInstruction[]): Struct {
  if (!Array.isArray(instructions)) {
    throw new Mistake(`installFilter: ${described(instructions)} is given where a list of instructions belongs.`);
  }
  const filter = Buffer.alloc(instructions.length * 8);
  instructions.forEach(({ code, jumpTrue = 0, jumpFalse = 0, value }, index) => {
    filter.writeUInt16LE(code, index * 8);
    filter.writeUInt8(jumpTrue, index * 8 + 2);
    filter.writeUInt8(jumpFalse, index * 8 + 3);
    filter.writeUInt32LE(value, index * 8 + 4);
  });
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(instructions.length, 0);
  const text = `[/* ${instructions.length} instructions */]`;
  return {
    bytes,
    text: `{len=${instructions.length}, filter=${text}}`,
    pointers: [{ at: 8, to: { bytes: filter, text } }],
  };
}
