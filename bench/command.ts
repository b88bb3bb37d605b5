/** A program as a contender. */
import { inheritedEnvironment } from '../src/settings/process.ts';
import type { Contender } from './contest.ts';
import { isInstalled } from './installed.ts';
import { runProgram } from './run-program.ts';
import type { Workspace } from './workspace.ts';

export interface Command {
  readonly name: string;
  readonly words: readonly string[];
  readonly cwd?: string;
  /** A directory that the program is not to see. */
  readonly hide?: string | undefined;
  /** A file that it finds open, as descriptor 4. */
  readonly input?: string;
  /** Whether it is in a network namespace that nobody else is in. */
  readonly hasOwnNetwork?: boolean;
  readonly times?: number;
}

/** Runs a command, `times` times a turn, from launch.c. */
export function commandContender({ times = 1, ...command }: Command, workspace: Workspace): Contender {
  const { name, words, cwd } = command;
  const env = environment(workspace.owner);
  return {
    name,
    async measure() {
      const program = words[0] ?? '';
      if (!isInstalled(program)) throw new Error('not installed');
      const nanoseconds: number[] = [];
      while (nanoseconds.length < times) {
        nanoseconds.push(...(await runProgram(workspace.launch, launchWords(command), { env, cwd })));
      }
      return nanoseconds;
    },
  };
}

/** What launch.c is told. */
export function launchWords({ words, hide, input, hasOwnNetwork }: Command): string[] {
  return [
    ...(hide ? ['--hide', hide] : []),
    ...(input ? ['--input', input] : []),
    ...(hasOwnNetwork ? ['--own-network'] : []),
    ...words,
  ];
}

/** Ours, without what npm added, and with our mark: `npm run clean` knows it. */
function environment(owner: string): NodeJS.ProcessEnv {
  const entries = inheritedEnvironment(owner).map((entry) => /^([^=]*)=(.*)$/s.exec(entry)?.slice(1) ?? []);
  // Otherwise npm looks now and then for a newer npm.
  return { ...Object.fromEntries(entries), npm_config_update_notifier: 'false' };
}
