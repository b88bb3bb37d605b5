/**
 * Programs in namespaces of their own: what they mount is seen by nobody else
 * and is gone with them, and so are their processes, even when this process is
 * killed. See unshare(1), PR_SET_PDEATHSIG in prctl(2), newuidmap(1).
 */
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { type Ended, type RunOptions, run } from './run-program.ts';

/** Words to put before a command that must not outlive us. */
const WITH_US = ['setpriv', '--pdeathsig=KILL'];

const OWN_MOUNTS_AND_PROCESSES = [
  ...['unshare', '--mount', '--propagation=private', '--mount-proc'],
  ...['--pid', '--fork', '--kill-child=KILL'],
];

/**
 * Words to put before a command that is to be root: real root, or else root of a
 * user namespace, who is nobody but the user outside.
 */
export function asOwnRoot(): string[] {
  const become = process.geteuid?.() === 0 ? [] : ['unshare', '--user', '--map-root-user'];
  return [...become, ...WITH_US];
}

/** Runs a command as real root in mount and PID namespaces of its own. */
export function inNamespaces(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return run([...WITH_US, ...OWN_MOUNTS_AND_PROCESSES, ...command], options);
}

// Taking on the ids changes the credentials, which clears the signal that was asked for: ask again.
const WAIT_FOR_IDS = `echo ready; read go && exec ${WITH_US.join(' ')} "$@"`;

/**
 * Runs a command as an ordinary user who is root of a user namespace with all of
 * the user's ids: their own is root's, the subordinate ones are 1 and up.
 */
export async function asMappedRoot(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const words = [...WITH_US, 'unshare', '--user', 'sh', '-c', WAIT_FOR_IDS, 'sh', ...command];
  let refused: unknown;
  const ended = await run(words, {
    ...options,
    input: 'pipe',
    onLine: (line, child) => {
      if (line !== 'ready' || !child.stdin || child.stdin.writableEnded) return options.onLine?.(line, child);
      const end = (word: string) => child.stdin?.end(word);
      mapIds(child.pid ?? 0).then(
        () => end('go\n'),
        (error) => {
          refused = error;
          end('');
        },
      );
    },
  });
  if (refused) throw refused;
  return ended;
}

/** As `asMappedRoot`, in mount and PID namespaces of its own. */
export function inMappedNamespaces(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return asMappedRoot([...OWN_MOUNTS_AND_PROCESSES, ...command], options);
}

async function mapIds(pid: number): Promise<void> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const username = nameOf(uid);
  for (const [program, file, own] of [
    ['newuidmap', '/etc/subuid', uid],
    ['newgidmap', '/etc/subgid', gid],
  ] as const) {
    const [start, count] = subordinateIds(existsSync(file) ? readFileSync(file, 'utf8') : '', username, uid) ?? [];
    if (start === undefined || count === undefined) {
      throw new Error(
        `${file} gives ${username} no ids. As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`,
      );
    }
    const words = [program, pid, 0, own, 1, 1, start, count].map(String);
    const { status, lastLine } = await run(words).catch(() => {
      throw new Error(`There is no ${program} here. On Debian and Ubuntu: apt-get install uidmap`);
    });
    if (status !== 0) throw new Error(`${program} failed: ${lastLine}`);
  }
}

/** The name of this user's account, or else the number. */
function nameOf(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}

/** The first range of a user, `NAME-OR-UID:START:COUNT` a line. Source: subuid(5). */
export function subordinateIds(text: string, name: string, uid: number): [start: number, count: number] | undefined {
  for (const line of text.split('\n')) {
    const [who, start, count] = line.split(':');
    if ((who === name || who === String(uid)) && Number(count) > 0) return [Number(start), Number(count)];
  }
  return undefined;
}
