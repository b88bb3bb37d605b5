/** `npm run unpause`: lets a container go on that stands still. */
import { chosenContainer, named, unpause } from '../cgroups/standstill.ts';
import { command } from '../command-line/command.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { requireOwnProc } from '../proc/own.ts';

export const main = command(
  { name: 'unpause', purpose: 'Lets a container go on that stands still.', words: { shown: '[PID]' } },
  async ({ words }) => {
    requireOwnProc();
    const container = chosenContainer('unpause', words);
    if (!container.frozen) throw new UsageError(`${named(container)} does not stand still. For that: npm run pause`);
    unpause(container);
    print(`${named(container)} goes on.`);
    return 0;
  },
);
