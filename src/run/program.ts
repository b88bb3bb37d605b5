/** What a container becomes: a command, or a shell. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findProgram, ProgramNotFound } from '../images/find-program.ts';
import { imageEnvironment, inheritedEnvironment } from '../settings/process.ts';
import { HOST_ROOT, type Settings } from '../settings/settings.ts';
import type { Call } from '../syscalls/call.ts';
import { execve, exit } from '../syscalls/processes.ts';

/** The first step that has an image anyway. */
export const FIRST_WITH_IMAGE = 8;
/** From here on, root inside is not root outside, and root's home is closed to it. */
export const FIRST_WITH_USERS = 5;
/** The step that shows its experiment before the shell. */
const WITH_EXPERIMENT = 7;

/**
 * Makes the last calls of a child's list. Step 0 without a command just ends.
 * @throws ProgramNotFound before anything is started
 */
export function programOf(step: number, settings: Settings, command: readonly string[]): (owner: string) => Call[] {
  if (step === 0 && command.length === 0) return () => [exit(0)];
  const inImage = step >= FIRST_WITH_IMAGE || settings.rootfs !== HOST_ROOT;
  const homeless = step >= FIRST_WITH_USERS && !settings.rootless;
  const environmentFor = (owner: string) =>
    inImage ? imageEnvironment(owner, settings.hostname) : inheritedEnvironment(owner, homeless ? { HOME: '/' } : {});
  const path =
    environmentFor('')
      .find((entry) => entry.startsWith('PATH='))
      ?.slice(5) ?? '';
  const argv = command.length > 0 ? command : shellCommand(step, findShell(settings.rootfs, path));
  const program = findProgram(argv[0] ?? '', settings.rootfs, path);
  return (owner) => [execve(program, argv, environmentFor(owner))];
}

function shellCommand(step: number, shell: string): string[] {
  if (step !== WITH_EXPERIMENT) return [shell];
  const script = fileURLToPath(new URL('../steps/07-experiment.sh', import.meta.url));
  return ['sh', '-c', readFileSync(script, 'utf8'), 'experiment', shell];
}

function findShell(root: string, path: string): string {
  try {
    return findProgram('bash', root, path);
  } catch (error) {
    if (!(error instanceof ProgramNotFound)) throw error;
    return findProgram('sh', root, path);
  }
}
