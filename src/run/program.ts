/** What a container becomes: a command, or a shell. */
import { findProgram, ProgramNotFound } from '../images/find-program.ts';
import type { Step } from '../lab/step.ts';
import { uppersOf } from '../layers/store.ts';
import { imageEnvironment, inheritedEnvironment } from '../settings/process.ts';
import { HOST_ROOT } from '../settings/root.ts';
import type { Settings } from '../settings/settings.ts';
import type { Call } from '../syscalls/call.ts';
import { execve, exit } from '../syscalls/processes.ts';

export interface ProgramRequest {
  readonly step: Step;
  readonly settings: Settings;
  readonly rootless: boolean;
  readonly owner: string;
}

/**
 * Makes the last calls of a child's list. A step without a shell just ends,
 * unless there is a command.
 * @throws ProgramNotFound before anything is started
 */
export function programOf({ step, settings, rootless, owner }: ProgramRequest): Call[] {
  const command = settings.process.args;
  if (command.length === 0 && step.opening === 'none') return [exit(0)];
  const root = settings.root.path;
  const inImage = step.has.has('image') || root !== HOST_ROOT;
  // Root inside is not root outside, and root's home is closed to it.
  const homeless = step.has.has('user') && !rootless;
  const environment = inImage
    ? imageEnvironment(owner, settings.hostname, settings.rights.user?.uid)
    : inheritedEnvironment(owner, homeless ? { HOME: '/' } : {});
  const path = environment.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? '';
  const over = uppersOf(settings.layers);
  const argv = command.length > 0 ? command : shellCommand(step, findShell(root, path, over));
  return [execve(findProgram(argv[0] ?? '', root, path, over), argv, environment)];
}

function shellCommand({ opening }: Step, shell: string): string[] {
  return typeof opening === 'function' ? ['sh', '-c', opening(), 'experiment', shell] : [shell];
}

function findShell(root: string, path: string, over: readonly string[]): string {
  try {
    return findProgram('bash', root, path, over);
  } catch (error) {
    if (!(error instanceof ProgramNotFound)) throw error;
    return findProgram('sh', root, path, over);
  }
}
