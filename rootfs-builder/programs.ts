/** Programs of the machine's that a build cannot do without. */
import { findTool } from './host/tools.ts';

/** In which package of Debian's they are, where it has another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  xz: 'xz-utils',
  find: 'findutils',
  chmod: 'coreutils',
  setpriv: 'util-linux',
};

/** Returns the path of a program. Throws with the command that installs it if it is not there. */
export function requireProgram(name: string): string {
  const path = findTool(name);
  if (path === undefined)
    throw new Error(`Not found: ${name}. On Debian and Ubuntu: apt-get install ${PACKAGES[name] ?? name}`);
  return path;
}
