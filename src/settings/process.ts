/** What the program inside sees in its environment. */

/** The variable by which `npm run clean` knows the processes of a dead run. */
export const OWNER_VARIABLE = 'CONTAINER_LAB';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The caller's environment without what npm added to it, and with some variables set. */
export function inheritedEnvironment(
  owner: string,
  set: Record<string, string> = {},
  variables = process.env,
): string[] {
  const kept = Object.entries(variables).filter(([name]) => !/^(npm_|INIT_CWD$|NODE$|COLOR$|EDITOR$|_$)/.test(name));
  const path = (variables.PATH ?? '').split(':').filter((directory) => !/node_modules|node-gyp-bin/.test(directory));
  const all = { ...Object.fromEntries(kept), PATH: path.join(':') || PATH, ...set, [OWNER_VARIABLE]: owner };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

/** The environment of a program that runs from an image: nothing of the host's but the terminal. */
export function imageEnvironment(owner: string, hostname: string): string[] {
  return [
    `PATH=${PATH}`,
    'HOME=/root',
    'USER=root',
    'LANG=C.UTF-8',
    `TERM=${process.env.TERM ?? 'linux'}`,
    `HOSTNAME=${hostname}`,
    'PS1=\\u@\\h:\\w\\$ ',
    `${OWNER_VARIABLE}=${owner}`,
  ];
}
