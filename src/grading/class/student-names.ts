/**
 * The names of a class: as they are in the table, so that they can be compared
 * with a list of students, and told apart by whoever reads.
 */
import { isText, withEscapedBytes } from '../file-names.ts';
import { asEscape, harmlessLine, harmlessName, hasUnseen, unique, withoutUnseen } from '../harmless.ts';

export interface StudentName {
  /** Fit to be printed; unique, and no other looks the same. */
  readonly shown: string;
  /** For a table: as the folder's, and unique. What is no text is as in `file-names.ts`. */
  readonly cell: string;
  /** What is to be known of the name. */
  readonly note?: string;
}

const LENGTH = 80;

/** Letters of other alphabets that are drawn as Latin ones are. */
const TWINS = new Map(
  [
    ['а', 'a'],
    ['ϲс', 'c'],
    ['ԁ', 'd'],
    ['еҽ', 'e'],
    ['һ', 'h'],
    ['і', 'i'],
    ['јϳ', 'j'],
    ['оοօ', 'o'],
    ['р', 'p'],
    ['ѕ', 's'],
    ['ν', 'v'],
    ['х', 'x'],
    ['у', 'y'],
    ['АΑ', 'A'],
    ['ВΒ', 'B'],
    ['СϹ', 'C'],
    ['ЕΕ', 'E'],
    ['НΗ', 'H'],
    ['ІΙӀ', 'I'],
    ['Ј', 'J'],
    ['КΚ', 'K'],
    ['МΜ', 'M'],
    ['Ν', 'N'],
    ['ОΟՕ', 'O'],
    ['РΡ', 'P'],
    ['Ѕ', 'S'],
    ['ТΤ', 'T'],
    ['ХΧ', 'X'],
    ['УΥҮ', 'Y'],
    ['Ζ', 'Z'],
  ].flatMap(([twins = '', letter = '']) => [...twins].map((twin): [string, string] => [twin, letter])),
);

/** In the order of `names`, which are all different. */
export function studentNames(names: readonly string[]): StudentName[] {
  const looks = names.map(lookOf);
  const counts = new Map<string, number>();
  for (const look of looks) counts.set(look, (counts.get(look) ?? 0) + 1);
  const hasTwin = looks.map((look) => (counts.get(look) ?? 0) > 1);
  const shown = unique(
    names.map((name, at) => (hasTwin[at] ? spelled(name) : harmlessLine(withEscapedBytes(name), LENGTH))),
  );
  const cells = unique(names.map(harmlessName));
  return names.map((name, at) => {
    const note = noteOf(name, cells[at] ?? '', hasTwin[at] ?? false);
    return { shown: shown[at] ?? '', cell: cells[at] ?? '', ...(note !== undefined && { note }) };
  });
}

function noteOf(name: string, cell: string, hasTwin: boolean): string | undefined {
  if (!isText(name)) return `the name is not UTF-8: its bytes are ${spelled(name)}`;
  if (hasTwin) return `looks like another name: ${spelled(name)}`;
  if (cell !== name) return `the name cannot be written as it is: ${spelled(name)}`;
  return hasUnseen(name) ? `something in the name cannot be seen: ${spelled(name)}` : undefined;
}

/** Equal for names that look the same. */
function lookOf(name: string): string {
  const seen = withoutUnseen(withEscapedBytes(name)).normalize('NFC').replace(/\s+/g, ' ').trim();
  return [...seen].map((letter) => TWINS.get(letter) ?? letter).join('');
}

/** A name letter by letter: all that is not ASCII as escapes. */
function spelled(name: string): string {
  return harmlessLine(withEscapedBytes(name).replace(/[^!-~ ]|^ | $| (?= )/gu, asEscape));
}
