/** The host name in another process's UTS namespace. */
import { outputOf, within } from './enter.ts';

/** The host name as a member of the namespace sees it. */
export function hostNameIn(pid: number): string[] {
  const name = outputOf(within(pid, '-u', ['uname', '-n'])).trim();
  return name === '' ? [] : [name];
}
