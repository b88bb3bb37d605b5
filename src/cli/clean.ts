/** `npm run clean`: removes what runs that are dead have left, and nothing else. */
import { existsSync } from 'node:fs';
import { removeAbandoned, unknownWork } from '../../rootfs-builder/leftovers.ts';
import { bootstrapPlace, places } from '../../rootfs-builder/place.ts';
import { command } from '../command-line/command.ts';
import { print, printError } from '../command-line/output.ts';
import { removeAbandonedLayers } from '../layers/store.ts';
import { sweep, unknown } from '../leftovers/table.ts';
import { requireOwnProc } from '../proc/own.ts';
import { cacheDirectory, unknownIn } from '../vm/cache.ts';

export const main = command(
  { name: 'clean', purpose: 'Removes what runs that are dead have left, and nothing else.' },
  async () => {
    requireOwnProc();
    if (!existsSync('/sys/class/net'))
      printError('Without /sys, network interfaces that are left over cannot be seen.');
    const removed = await sweep();
    for (const place of [...places(), bootstrapPlace()]) {
      removed.push(...(await removeAbandoned(place)).map((path) => `unfinished image ${path}`));
    }
    removed.push(...(await removeAbandonedLayers()).map((path) => `layer ${path}`));
    for (const line of removed) print(`removed ${line}`);
    const left = [
      ...unknown(),
      ...places().flatMap(unknownWork),
      ...unknownWork(bootstrapPlace()),
      ...unknownMachines(),
    ];
    for (const line of left) print(line);
    if (removed.length > 0) return 0;
    print(`Nothing is left over${left.length > 0 ? ' by runs that are known to have ended' : ''}.`);
    return 0;
  },
);

function unknownMachines(): string[] {
  try {
    return unknownIn(cacheDirectory());
  } catch {
    // A user without a home has none, and nobody may read another's.
    return [];
  }
}
