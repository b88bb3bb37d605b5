/** The host name in another process's UTS namespace. */
import { nsenter, outputOf } from './enter.ts';

/** The host name as a member of the namespace sees it. */
export function hostNameIn(pid: number): string[] {
  const name = outputOf([...nsenter(pid), '-u', 'uname', '-n']).trim();
  return name === '' ? [] : [name];
}
