/**
 * The wrong solutions that an exercise ships. Most differ from the solution in a
 * line or two: they are rows of `wrong.ts`. Those that are really other programs
 * are files in `wrong/`. Copies of the kit for graders have neither.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, load, textOf } from './exercises.ts';

/** A piece of solution.ts, which must be there exactly once, and what stands in its place. */
export type Change = readonly [old: string, instead: string];

/** A row of `wrong.ts`. */
export type WrongSolution = {
  readonly name: string;
  /** A part of the message that it must get. */
  readonly fails: string;
} & ({ readonly change: Change } | { readonly changes: readonly Change[] });

export interface WrongProgram {
  /** `wrong/names-swapped.ts`, also for a row of `wrong.ts`. */
  readonly name: string;
  readonly text: string;
  readonly fails: string;
}

export interface WrongPrograms {
  /** In the order of their names. */
  readonly programs: readonly WrongProgram[];
  /** What must be mended, a line each. */
  readonly problems: readonly string[];
}

export async function wrongPrograms(entry: Entry): Promise<WrongPrograms> {
  const solution = textOf(entry, 'solution.ts');
  const rows = await rowsOf(entry);
  const files = filesOf(entry);
  const programs = [...files, ...rows.map((row) => ({ name: `wrong/${row.name}.ts`, ...made(row, solution) }))];
  return {
    programs: programs.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    problems: [
      ...rows.flatMap((row) => problemsOf(row, solution)),
      ...files
        .filter(({ fails }) => fails === '')
        .map(({ name }) => `${name} does not begin with // Fails: and its message`),
      ...twice(programs.map(({ name }) => name)).map((name) => `${name} is there twice: give one another name`),
    ],
  };
}

async function rowsOf({ directory }: Entry): Promise<readonly WrongSolution[]> {
  const file = join(directory, 'wrong.ts');
  if (!existsSync(file)) return [];
  const { wrong } = await load<{ wrong: readonly WrongSolution[] }>(file);
  return wrong;
}

function filesOf({ directory }: Entry): WrongProgram[] {
  const folder = join(directory, 'wrong');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { name: `wrong/${name}`, text, fails: /^\/\/ Fails: (.*)$/m.exec(text)?.[1]?.trim() ?? '' };
  });
}

function changesOf(row: WrongSolution): readonly Change[] {
  return 'change' in row ? [row.change] : row.changes;
}

/** All changes are made to the solution as it is: none sees what another has put there. */
function made(row: WrongSolution, solution: string): Pick<WrongProgram, 'text' | 'fails'> {
  let [text, end] = ['', 0];
  for (const { from, to, instead } of placesOf(row, solution)) {
    text += solution.slice(end, from) + instead;
    end = to;
  }
  return { text: text + solution.slice(end), fails: row.fails };
}

/** Where the changes of a row are, from the first to the last. */
function placesOf(row: WrongSolution, solution: string) {
  return changesOf(row)
    .map(([old, instead]) => ({ old, instead, from: solution.indexOf(old) }))
    .map((place) => ({ ...place, to: place.from + place.old.length }))
    .toSorted((a, b) => a.from - b.from);
}

function problemsOf(row: WrongSolution, solution: string): string[] {
  const name = `wrong.ts: "${row.name}"`;
  if (row.fails.trim() === '') return [`${name} does not say the message that it must get: give it one as fails`];
  const lost = changesOf(row).flatMap(([old]) => {
    const count = old === '' ? 0 : solution.split(old).length - 1;
    if (count === 1) return [];
    const found = count === 0 ? 'is not in solution.ts' : `is in solution.ts ${count} times`;
    return [`${name} changes ${JSON.stringify(old)}, which ${found}: name a piece that is there exactly once`];
  });
  if (lost.length > 0) return lost;
  const places = placesOf(row, solution);
  const again = places.find(({ from }, index) => from < (places[index - 1]?.to ?? 0));
  return again ? [`${name} changes ${JSON.stringify(again.old)} twice: make the two changes one`] : [];
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
