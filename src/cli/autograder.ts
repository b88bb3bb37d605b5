/** `npm run autograder`: builds what a platform needs in order to grade with this kit. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogue } from '../catalogue/exercises.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { integer } from '../command-line/values.ts';
import { chosenExercises } from '../grading/gather.ts';
import { DEFAULT_TIMEOUT } from '../grading/grade.ts';
import { buildClassroom50 } from '../grading/platforms/classroom50-autograder.ts';
import { buildGradescope } from '../grading/platforms/gradescope-autograder.ts';

const USAGE = 'Usage: npm run autograder -- gradescope|classroom50 DIR [--only 4a,4b] [--timeout SECONDS]';

const PLATFORMS = {
  gradescope: { build: buildGradescope, next: 'Zip what is in it, not the folder, and upload that.' },
  classroom50: { build: buildClassroom50, next: 'Put what is in it into CLASSROOM/autograders/ASSIGNMENT.' },
} as const;

export async function autograder(words: string[]): Promise<number> {
  const { values, positionals } = parse(words);
  const [name = '', directory, ...rest] = positionals;
  if (!Object.hasOwn(PLATFORMS, name) || directory === undefined || rest.length > 0) throw new UsageError(USAGE);
  const { build, next } = PLATFORMS[name as keyof typeof PLATFORMS];
  const only = values.only?.flatMap((list) => list.split(','));
  build(resolve(directory), chosenExercises(await catalogue(), only), seconds(values.timeout));
  print(`${directory} is ready. ${next}`);
  return 0;
}

function parse(words: readonly string[]) {
  const options = { only: { type: 'string', multiple: true }, timeout: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. ${USAGE}`);
  }
}

function seconds(text = String(DEFAULT_TIMEOUT)): number {
  try {
    return integer(1, 3600)(text);
  } catch (error) {
    throw new UsageError(`--timeout: ${(error as Error).message}.`);
  }
}
