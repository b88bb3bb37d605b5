/** The lessons: the files `lessons/NN-name.md`, in their order. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { top } from './exercises.ts';

/** A page of the lessons' folder: a lesson, README.md, or glossary.md. */
export interface Page {
  /** From the top of the repository: `lessons/04-mount.md`. */
  readonly path: string;
  /** `04-mount`, the same as that of the step's file. */
  readonly stem: string;
  /** Of a lesson without its number. */
  readonly title: string;
  readonly text: string;
}

export interface Lesson extends Page {
  readonly number: number;
  /** `mount`: the progress file knows it by this, because numbers may change. */
  readonly id: string;
}

export interface Library {
  /** The directory that paths start from. */
  readonly top: string;
  /** The map of the lessons, README.md, if it is there. */
  readonly index: Page | undefined;
  readonly lessons: readonly Lesson[];
  /** What the words of the lessons mean, glossary.md, if it is there. */
  readonly glossary?: Page | undefined;
  /** What a solution may use, exercises/calls.md, if it is there. */
  readonly calls?: Page | undefined;
}

/** The page that `npm run calls -- --markdown` writes. */
export const CALLS_PAGE = 'exercises/calls.md';

const NAME = /^(\d\d)-([a-z0-9-]+)\.md$/;

/** Reads the lessons; `from` and `folder` are for tests that have their own. */
export function readLibrary(from = top, folder = 'lessons'): Library {
  const names = readdirSync(join(from, folder)).sort();
  const pageAt = (name: string) => readPage(`${folder}/${name}`, from);
  const lessons = names.flatMap((name): Lesson[] => {
    const [, number, id] = NAME.exec(name) ?? [];
    return id ? [{ ...pageAt(name), number: Number(number), id }] : [];
  });
  const [index, glossary] = ['README.md', 'glossary.md'].map((name) =>
    names.includes(name) ? pageAt(name) : undefined,
  );
  const calls = existsSync(join(from, CALLS_PAGE)) ? readPage(CALLS_PAGE, from) : undefined;
  return { top: from, index, lessons, glossary, calls };
}

/** Reads one page, of the lessons or of another folder. */
export function readPage(path: string, from = top): Page {
  const text = readFileSync(join(from, path), 'utf8');
  return { path, stem: basename(path, '.md'), title: titleOf(text), text };
}

/** Pages to look something up in: the glossary, and the table of calls. */
export function references({ glossary, calls }: Library): readonly Page[] {
  return [glossary, calls].filter((page) => page !== undefined);
}

/** Every page of the lessons' folder: README.md, the lessons, and the glossary. */
export function pages({ index, lessons, glossary }: Library): readonly Page[] {
  return [index, ...lessons, glossary].filter((page) => page !== undefined);
}

function titleOf(text: string): string {
  return (/^# (?:Lesson \d+: )?(.*)$/m.exec(text)?.[1] ?? 'Untitled').trim();
}
