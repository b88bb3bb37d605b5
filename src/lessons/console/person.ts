/** Who types the commands of a block: root, or an ordinary user. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ordinaryId } from '../../proc/id-maps.ts';

export interface Person {
  readonly name: string;
  /** Undefined for ourselves. */
  readonly uid?: number;
}

const FIRST = 1000;
const LAST = 59_999;

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** Ourselves, unless we are root: then who called sudo, or the first user of the machine, or nobody. */
export function ordinaryPerson(): Person {
  if (!isRoot()) return { name: process.env.USER ?? 'user' };
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid]) => ({ name, uid: Number(uid) }));
  const caller = users.find(({ uid }) => uid > 0 && uid === Number(process.env.SUDO_UID));
  const first = users.find(({ uid }) => uid >= FIRST && uid <= LAST);
  const uid = ordinaryId(readFileSync('/proc/self/uid_map', 'utf8'));
  return caller ?? first ?? (uid === undefined ? { name: 'user' } : { name: 'nobody', uid });
}

/** Why that person cannot do what user blocks do, if so. */
export function obstacleFor({ name, uid }: Person, kit: string): string | undefined {
  const can = (command: string, ...words: string[]) =>
    spawnSync(command, words, { stdio: 'ignore', ...(uid === undefined ? {} : { uid, gid: uid }) }).status === 0;
  if (!can('test', '-r', `${kit}/package.json`)) return `the user ${name} may not read ${kit}`;
  if (!can('unshare', '--user', 'true')) return `the user ${name} may not make user namespaces: see npm run doctor`;
  return undefined;
}
