/** `npm run pause`: lets a container stand still that runs in another terminal. */
import { chosenContainer, named, pause } from '../cgroups/standstill.ts';
import { command } from '../command-line/command.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { requireOwnProc } from '../proc/own.ts';

export const main = command(
  { name: 'pause', purpose: 'Lets a container stand still that runs in another terminal.', words: { shown: '[PID]' } },
  async ({ words }) => {
    requireOwnProc();
    const container = chosenContainer('pause', words);
    const name = named(container);
    if (container.frozen) throw new UsageError(`${name} stands still already. To let it go on: npm run unpause`);
    if (!(await pause(container)))
      throw new Error(`Not all processes of the container come to a standstill, so all go on. Try it again.`);
    const others = container.pids.length === 1 ? '' : `, with ${container.pids.length - 1} more`;
    print(`${name} stands still${others}. To let it go on: npm run unpause`);
    return 0;
  },
);
