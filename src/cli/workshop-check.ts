/** `npm run workshop:check`: one line on this machine, for a teacher who walks by. */
import { exerciseIds } from '../catalogue/exercises.ts';
import { colourLevel } from '../command-line/colour.ts';
import { command } from '../command-line/command.ts';
import { print } from '../command-line/output.ts';
import { examine } from '../doctor/examine.ts';
import { readProgress } from '../practice/progress-file.ts';
import { seatOf, withSudo } from '../workshop/machine-check.ts';
import { type Standing, seatLine, standingOf } from '../workshop/machine-line.ts';

const NAME = 'workshop:check';

/** Returns 0 for READY and PARTLY, 1 for NOT READY. */
export const main = command(
  { name: NAME, purpose: 'Says in one line what this machine can run, for a teacher who walks by.' },
  async () => {
    const examination = await examine({ others: false });
    const found = seatOf(examination, withSudo(NAME));
    const around = { node: process.versions.node, cgroups: examination.facts.cgroups.mode, standing: standing() };
    print(seatLine(found, around, colourLevel(1)));
    return found.state === 'NOT READY' ? 1 : 0;
  },
);

/** A progress file that is out of order must not hide what the machine can do. */
function standing(): Standing | undefined {
  try {
    return standingOf(readProgress(), exerciseIds());
  } catch {
    return undefined;
  }
}
