/**
 * What the program may do: `process.user`, `.capabilities` and `.noNewPrivileges`
 * of config.json, and `linux.seccomp`, `.maskedPaths` and `.readonlyPaths`.
 */
import { nearest } from '../command-line/nearest.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { CAP, type Capability } from '../syscalls/flags.ts';
import type { SubjectOption } from './option.ts';

export interface Rights {
  /** Who the program is, by its numbers inside; root without it. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What was asked for besides the usual capabilities, and what is left out of them. */
  readonly add: readonly (Capability | 'ALL')[];
  readonly drop: readonly (Capability | 'ALL')[];
  readonly noNewPrivileges: boolean;
  /** A file with a profile, or `unconfined` for no filter; without it, the kit's own profile. */
  readonly seccomp?: string;
  /** Whether some of /proc and /sys is hidden, or read-only. */
  readonly hidesPaths: boolean;
}

/** Docker leaves new privileges possible, for images that have `sudo` or a `ping` of root's. */
export const DEFAULT_RIGHTS: Rights = { add: [], drop: [], noNewPrivileges: true, hidesPaths: true };

/** Docker's fourteen: what root inside has if nothing else is asked for. */
export const USUAL_CAPABILITIES: readonly Capability[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SYS_CHROOT',
  'CAP_MKNOD',
  'CAP_AUDIT_WRITE',
  'CAP_SETFCAP',
];

const NAMES = Object.keys(CAP).filter((name): name is Capability => name in CAP);

/** The capabilities that a container keeps, of those that the kernel has: docker's rules for ALL. */
export function capabilitiesOf(
  { add, drop }: Pick<Rights, 'add' | 'drop'>,
  known: readonly Capability[],
): Capability[] {
  if (add.includes('ALL')) return known.filter((name) => !drop.includes(name));
  const base = drop.includes('ALL') ? [] : USUAL_CAPABILITIES.filter((name) => !drop.includes(name));
  return known.filter((name) => base.includes(name) || add.includes(name));
}

/** `net_admin`, `NET_ADMIN` or `CAP_NET_ADMIN`, or `ALL`. */
export function capability(text: string): Capability | 'ALL' {
  const upper = text.toUpperCase();
  if (upper === 'ALL') return 'ALL';
  const long = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  const found = NAMES.find((name) => name === long);
  if (found) return found;
  const [meant] = nearest(long, NAMES);
  const hint = meant ? `Near it: ${meant}` : 'They are in capabilities(7), and ALL stands for all of them';
  throw new UsageError(`${JSON.stringify(text)} is no capability. ${hint}`);
}

const MOST_ID = 4_294_967_294;

/** `1000` or `1000:100`: numbers alone, for only an image knows names. */
export function user(text: string): { uid: number; gid: number } {
  const [, uid = '', gid = uid] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text) ?? [];
  if (uid === '' || Number(uid) > MOST_ID || Number(gid) > MOST_ID)
    throw new UsageError(`${JSON.stringify(text)} is not UID or UID:GID, in numbers, such as 1000:1000`);
  return { uid: Number(uid), gid: Number(gid) };
}

const SECURITY = 'no-new-privileges[=false], seccomp=FILE, seccomp=unconfined or systempaths=unconfined';

/** An option of docker's `--security-opt`. */
function withSecurity(rights: Rights, text: string): Rights {
  const [, name = '', value] = /^([^=:]*)[=:]?(.*)$/s.exec(text) ?? [];
  if (name === 'no-new-privileges' && /^(true|false)?$/.test(value ?? ''))
    return { ...rights, noNewPrivileges: value !== 'false' };
  if (name === 'seccomp' && value) return { ...rights, seccomp: value };
  if (name === 'systempaths' && value === 'unconfined') return { ...rights, hidesPaths: false };
  throw new UsageError(`${JSON.stringify(text)} is not ${SECURITY}`);
}

export const rightsOptions: readonly SubjectOption<Rights>[] = [
  {
    name: '--user',
    short: '-u',
    value: 'UID[:GID]',
    about: 'confinement',
    help: 'who the program is inside; root, if nothing is said',
    set: (rights, text) => ({ ...rights, user: user(text) }),
  },
  {
    name: '--cap-add',
    value: 'NAME',
    about: 'confinement',
    help: 'a capability besides the usual ones, or ALL',
    set: (rights, text) => ({ ...rights, add: [...rights.add, capability(text)] }),
  },
  {
    name: '--cap-drop',
    value: 'NAME',
    about: 'confinement',
    help: 'one of the usual capabilities to leave out, or ALL',
    set: (rights, text) => ({ ...rights, drop: [...rights.drop, capability(text)] }),
  },
  {
    name: '--security-opt',
    value: 'OPTION',
    about: 'confinement',
    help: SECURITY,
    set: withSecurity,
  },
];
