/** `npm run workshop:check`: one line on this machine, for a teacher who walks by. */

import { exerciseIds } from '../catalogue/exercises.ts';
import { colourLevel } from '../command-line/colour.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { examine } from '../doctor/examine.ts';
import { readProgress } from '../practice/progress-file.ts';
import { seatOf } from '../workshop/machine-check.ts';
import { seatLine } from '../workshop/machine-line.ts';
import { type Standing, standingOf } from '../workshop/progress.ts';
import { withSudo } from '../workshop/sudo.ts';

const SCRIPT = 'workshop:check';

/** Gives 0 for READY and PARTLY, 1 for NOT READY. @throws UsageError for any word */
export async function seat(words: string[]): Promise<number> {
  if (words.length > 0) throw new UsageError(`${SCRIPT} takes no arguments, and ${words[0]} is one.`);
  const examination = await examine({ others: false });
  const found = seatOf(examination, withSudo(SCRIPT));
  const around = { node: process.versions.node, cgroups: examination.facts.cgroups.mode, standing: standing() };
  print(seatLine(found, around, colourLevel(1)));
  return found.state === 'NOT READY' ? 1 : 0;
}

/** A progress file that is out of order must not hide what the machine can do. */
function standing(): Standing | undefined {
  try {
    return standingOf(readProgress(), exerciseIds());
  } catch {
    return undefined;
  }
}
