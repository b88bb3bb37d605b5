/**
 * Proving an exercise: its starter and every wrong solution fail with their
 * message, and its solution passes, twice, from fresh.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, textOf } from '../catalogue/exercises.ts';
import { wrongPrograms } from '../catalogue/wrong-solutions.ts';
import { type Grade, type GradeOptions, gradeText } from './grade.ts';
import { harmlessLine } from './harmless.ts';

/** One thing to prove. */
export interface Claim {
  readonly id: string;
  /** `starter`, `solution, again`, `wrong/names-swapped.ts`. */
  readonly name: string;
  readonly text: string;
  /** A part of the message that it must get; without it, it must pass. */
  readonly fails?: string;
}

export interface Proof extends Pick<Claim, 'id' | 'name'> {
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly detail: string;
  /** The names of the expectations that were looked at. */
  readonly expectations: readonly string[];
}

/** How many wrong programs there must be, counting the starter. */
const LEAST_WRONG = 3;
const TEXTS = ['task.md', 'after.md', 'starter.ts', 'solution.ts'] as const;

/** Expectations that only fail, and that any exercise may have: see checks/trial. */
const OF_TRIALS = /^the program (`.*` )?runs$|^the program does what it is told$/;

/** What an exercise lacks, a line each. Until it has all, nothing else is proved. */
export async function lacks(entry: Entry): Promise<string[]> {
  const missing = TEXTS.filter((file) => !existsSync(join(entry.directory, file))).map((file) => `it has no ${file}`);
  const empty = TEXTS.filter((file) => !missing.includes(`it has no ${file}`) && textOf(entry, file).trim() === '');
  const wrong = missing.includes('it has no solution.ts') ? { programs: [], problems: [] } : await wrongPrograms(entry);
  return [
    ...missing,
    ...empty.map((file) => `its ${file} is empty`),
    ...(entry.hints.length === 0 ? ['it has no hints'] : []),
    ...(entry.starterFails.trim() === '' ? ['its starterFails is empty'] : []),
    ...(wrong.programs.length + 1 < LEAST_WRONG
      ? [`it has ${wrong.programs.length + 1} wrong programs, counting the starter; at least ${LEAST_WRONG} are needed`]
      : []),
    ...wrong.problems,
  ];
}

export async function claims(entry: Entry): Promise<Claim[]> {
  const { id, starterFails } = entry;
  const solution = textOf(entry, 'solution.ts');
  const { programs } = await wrongPrograms(entry);
  return [
    { id, name: 'starter', text: textOf(entry, 'starter.ts'), fails: starterFails },
    { id, name: 'solution', text: solution },
    { id, name: 'solution, again', text: solution },
    ...programs.map((program) => ({ id, ...program })),
  ];
}

/** @throws the reason of the signal in `options` */
export async function prove(entry: Entry, claim: Claim, options: GradeOptions): Promise<Proof> {
  const { id, name } = claim;
  const grade = await gradeText(entry, claim.text, options);
  return { id, name, ...compare(grade, claim), expectations: grade.checks.map((check) => check.name) };
}

/** Hints for expectations that none of the programs met or failed: nobody would ever get them. */
export function hintsForNothing({ hints }: Entry, proofs: readonly Proof[]): string[] {
  if (proofs.some(({ outcome }) => outcome === 'not run')) return [];
  const known = new Set(proofs.flatMap(({ expectations }) => expectations));
  return hints.flatMap(({ when }) =>
    when === undefined || known.has(when) || OF_TRIALS.test(when)
      ? []
      : [`a hint is for "${when}", which no check is called`],
  );
}

function compare({ status, message = '' }: Grade, { fails }: Claim): Pick<Proof, 'outcome' | 'detail'> {
  const said = harmlessLine(message);
  if (status === 'not run') return { outcome: 'not run', detail: said };
  const got = status === 'passed' ? 'it passes' : `${status}: ${said}`;
  if (fails === undefined) return { outcome: status === 'passed' ? 'passed' : 'failed', detail: got };
  if (status === 'failed' && message.includes(fails)) return { outcome: 'passed', detail: `fails: ${said}` };
  return { outcome: 'failed', detail: `it must fail with "${fails}", but ${got}` };
}
