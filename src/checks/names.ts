/** The two names that a UTS namespace holds. */
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** What a process's host or domain is called, as the host's own `cat` finds it in that namespace. */
export async function nameOf(
  trial: Trial,
  process: Process,
  which: 'hostname' | 'domainname',
): Promise<Pick<Expectation, 'observed' | 'command'>> {
  const { output, command } = await trial.enter(process, ['uts'], 'cat', `/proc/sys/kernel/${which}`);
  return { observed: output, command };
}
