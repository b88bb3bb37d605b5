/** The program inside: `process` of config.json, and what it sees in its environment. */
import { OWNER_VARIABLE } from '../leftovers/owner.ts';

export interface Process {
  /** The program and its words; empty for a shell. */
  readonly args: readonly string[];
}

export const DEFAULT_PROCESS: Process = { args: [] };

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The caller's environment without what npm added to it, and with some variables set. */
export function inheritedEnvironment(
  owner: string,
  set: Record<string, string> = {},
  variables = process.env,
): string[] {
  const kept = Object.entries(variables).filter(([name]) => !/^(npm_|INIT_CWD$|NODE$|COLOR$|EDITOR$|_$)/.test(name));
  const path = (variables.PATH ?? '').split(':').filter((directory) => !/node_modules|node-gyp-bin/.test(directory));
  const others = { ...Object.fromEntries(kept), PATH: path.join(':') || PATH, ...set };
  // The owner comes first, where it is found also among very many.
  const all = Object.entries(others).filter(([name]) => name !== OWNER_VARIABLE);
  return [[OWNER_VARIABLE, owner], ...all].map(([name, value]) => `${name}=${value}`);
}

/** The environment of a program that runs from an image: nothing of the host's but the terminal. Other users than root have no home in it. */
export function imageEnvironment(owner: string, hostname: string, uid = 0): string[] {
  return [
    `PATH=${PATH}`,
    ...(uid === 0 ? ['HOME=/root', 'USER=root'] : ['HOME=/']),
    'LANG=C.UTF-8',
    `TERM=${process.env.TERM ?? 'linux'}`,
    `HOSTNAME=${hostname}`,
    'PS1=\\u@\\h:\\w\\$ ',
    `${OWNER_VARIABLE}=${owner}`,
  ];
}
