/** What can only be seen from within a process's namespaces: its host name, and its network interfaces. */
import { spawnSync } from 'node:child_process';
import type { NamespaceKind } from '../proc/namespaces.ts';
import { nsenter } from '../proc/nsenter.ts';

interface Link {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

const TIMEOUT_MS = 2000;
const LIST = ['ip', '-json', 'address'];

/** A command in a namespace of a process; this process is in its own already. */
export function within(pid: number, kind: NamespaceKind, command: readonly string[]): string[] {
  return pid === process.pid ? [...command] : nsenter(pid, [kind], command);
}

/** The host name as a member of the UTS namespace sees it. */
export function hostNameIn(pid: number): string[] {
  const name = outputOf(within(pid, 'uts', ['uname', '-n'])).trim();
  return name === '' ? [] : [name];
}

/** The interfaces of a network namespace. */
export function linksIn(pid: number): string[] {
  return linkTexts(outputOf(within(pid, 'net', LIST)));
}

/**
 * A line each: its name, whether it is switched on, and its IPv4 addresses. The
 * IPv6 ones come by themselves, some time after the call that is to blame.
 */
export function linkTexts(json: string): string[] {
  if (json.trim() === '') return [];
  return (JSON.parse(json) as Partial<Link>[]).flatMap(({ ifname, flags = [], addr_info = [] }) => {
    const addresses = addr_info.filter(({ family }) => family === 'inet');
    const state = flags.includes('UP') ? 'up' : 'down';
    return ifname ? [[ifname, state, ...addresses.map((a) => `${a.local}/${a.prefixlen}`)].join(' ')] : [];
  });
}

/** What a command prints; nothing where this user may not look, or where there is no such command. */
function outputOf([program = '', ...words]: readonly string[]): string {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8', timeout: TIMEOUT_MS });
  return status === 0 ? stdout : '';
}
