/** `npm run autograder`: builds what a platform needs in order to grade with this kit. */
import { resolve } from 'node:path';
import { catalogue } from '../catalogue/exercises.ts';
import { command } from '../command-line/command.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { chosenExercises } from '../grading/gather.ts';
import { DEFAULT_TIMEOUT } from '../grading/grade.ts';
import { buildClassroom50 } from '../grading/platforms/classroom50-autograder.ts';
import { buildGradescope } from '../grading/platforms/gradescope-autograder.ts';
import { ONLY, TIMEOUT } from '../grading/request.ts';

const PLATFORMS = [
  { name: 'gradescope', build: buildGradescope, next: 'Zip what is in it, not the folder, and upload that.' },
  {
    name: 'classroom50',
    build: buildClassroom50,
    next: 'Put what is in it into CLASSROOM/autograders/ASSIGNMENT.',
  },
];
const NAMES = PLATFORMS.map(({ name }) => name);

export const main = command(
  {
    name: 'autograder',
    purpose: 'Builds what a platform needs in order to grade with this kit.',
    words: { shown: `${NAMES.join('|')} DIR`, least: 2, most: 2 },
    options: [ONLY, TIMEOUT],
  },
  async (typed) => {
    const [name, directory = ''] = typed.words;
    const platform = PLATFORMS.find((candidate) => candidate.name === name);
    if (!platform) throw new UsageError(`There is no platform ${name}. Platforms: ${NAMES.join(', ')}`);
    const only = typed.has(ONLY) ? typed.values(ONLY).flat() : undefined;
    const exercises = chosenExercises(await catalogue(), only);
    platform.build(resolve(directory), exercises, typed.value(TIMEOUT) ?? DEFAULT_TIMEOUT);
    print(`${directory} is ready. ${platform.next}`);
    return 0;
  },
);
