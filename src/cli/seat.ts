/** `npm run workshop:check`: one line on this machine, for a teacher who walks by. */
import { examine } from '../doctor/examine.ts';
import { exerciseIds } from '../exercises/catalogue.ts';
import { readProgress } from '../lessons/progress.ts';
import { seatOf } from '../workshop/seat.ts';
import { type Surroundings, seatLine } from '../workshop/seat-line.ts';
import { withSudo } from '../workshop/sudo.ts';
import { colourLevel } from './colour.ts';
import { print } from './output.ts';
import { UsageError } from './usage-error.ts';

const SCRIPT = 'workshop:check';

/** Gives 0 for READY and PARTLY, 1 for NOT READY. @throws UsageError for any word */
export async function seat(words: string[]): Promise<number> {
  if (words.length > 0) throw new UsageError(`${SCRIPT} takes no arguments, and ${words[0]} is one.`);
  const examination = await examine({ others: false });
  const found = seatOf(examination, withSudo(SCRIPT));
  const around = { node: process.versions.node, cgroups: examination.facts.cgroups.mode, passed: passed() };
  print(seatLine(found, around, colourLevel(1)));
  return found.state === 'NOT READY' ? 1 : 0;
}

/** What was passed, and what last: where this learner is. */
function passed(): Surroundings['passed'] {
  try {
    const ids = exerciseIds();
    const { exercises } = readProgress();
    const times = ids.flatMap((id) => {
      const time = exercises[id]?.passed;
      return time === undefined ? [] : [{ id, time }];
    });
    const last = times.sort((a, b) => a.time.localeCompare(b.time)).at(-1)?.id;
    return { count: times.length, of: ids.length, ...(last === undefined ? {} : { last }) };
  } catch {
    return undefined;
  }
}
