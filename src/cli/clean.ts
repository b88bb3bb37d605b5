/** `npm run clean`: removes what runs that are dead have left, and nothing else. */
import { removeAbandoned } from '../../rootfs-builder/leftovers.ts';
import { bootstrapPlace, places } from '../../rootfs-builder/place.ts';
import { command } from '../command-line/command.ts';
import { print } from '../command-line/output.ts';
import { sweep } from '../leftovers/table.ts';

export const main = command(
  { name: 'clean', purpose: 'Removes what runs that are dead have left, and nothing else.' },
  async () => {
    const removed = await sweep();
    for (const place of [...places(), bootstrapPlace()]) {
      removed.push(...(await removeAbandoned(place)).map((path) => `unfinished image ${path}`));
    }
    for (const line of removed) print(`removed ${line}`);
    if (removed.length === 0) print('Nothing is left over.');
    return 0;
  },
);
