/** Reading what was typed after `npm run grade`. */
import { AS_JSON, type Form, flag, type Option, type Typed } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { integer } from '../command-line/values.ts';
import { DEFAULT_TIMEOUT } from './grade.ts';

const HELP = `npm run grade                        grades the workspace
npm run grade -- FILE… or DIR…       grades others' work: files named 4a.ts or 4a-anything.ts
npm run grade -- DIR --csv FILE      grades a class: a folder per student, or, with --only 4a, a file per student

  --only 4a,4b         these exercises; where there is no file for one, it has failed
  --timeout SECONDS    what one exercise may take (${DEFAULT_TIMEOUT})
  --jobs NUMBER        so many at a time (1)
  --exit-zero          end with 0 whenever grading itself worked, whatever the grades
  --json, --tap        print that instead of text
  --junit FILE, --gradescope FILE, --classroom50 FILE, --ctrf FILE
                       write that as well
For a class:
  --restart            forget what was graded before, instead of going on
  --shard K/N          only the Kth of N parts of the class
  --bom                begin the CSV with a byte order mark; without one Excel does not know that it is UTF-8

It ends with 0 if all have passed, 1 if not, and 2 if it did not understand you and has done nothing.`;

export const ONLY: Option<string[]> = {
  name: '--only',
  value: '4a,4b',
  help: 'these exercises; by default all',
  read: (list) => list.split(',').filter(Boolean),
};
export const TIMEOUT: Option<number> = {
  name: '--timeout',
  value: 'SECONDS',
  help: `what one exercise may take (${DEFAULT_TIMEOUT})`,
  read: integer(1, 3600),
};
export const MOST_JOBS = 64;
export const JOBS: Option<number> = {
  name: '--jobs',
  value: 'NUMBER',
  help: 'so many at a time (1)',
  read: integer(1, MOST_JOBS),
};
const EXIT_ZERO = flag('--exit-zero', 'end with 0 whenever grading itself worked');
const AS_TAP = flag('--tap', 'print TAP instead of text');
const CSV = file('--csv', 'the results of a class');
const RESTART = flag('--restart', 'forget what was graded before');
const BOM = flag('--bom', 'begin the CSV with a byte order mark, for Excel');
const SHARD: Option<Shard> = { name: '--shard', value: 'K/N', help: 'only a part of the class', read: shardOf };

/** Formats that are written to files. */
export const FORMATS = ['junit', 'gradescope', 'classroom50', 'ctrf'] as const;
export type Format = (typeof FORMATS)[number];

const FILES = FORMATS.map((format) => ({ format, option: file(`--${format}`, `write ${format} as well`) }));

export const FORM: Form = {
  name: 'grade',
  help: HELP,
  words: { shown: '[FILE|DIR]...' },
  options: [
    ...[ONLY, TIMEOUT, JOBS, EXIT_ZERO, AS_JSON, AS_TAP, CSV, RESTART, SHARD, BOM],
    ...FILES.map(({ option }) => option),
  ],
};

interface Shard {
  readonly part: number;
  readonly of: number;
}

export interface Request {
  readonly paths: readonly string[];
  /** Ids, as typed. */
  readonly only?: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly jobs: number;
  readonly exitZero: boolean;
  readonly print: 'text' | 'json' | 'tap';
  readonly files: Readonly<Partial<Record<Format, string>>>;
  readonly course?: {
    readonly csv: string;
    readonly restart: boolean;
    readonly shard: Shard;
    readonly bom?: boolean;
  };
}

/** @throws UsageError for options that do not go together */
export function requestOf(typed: Typed): Request {
  const [json, tap, csv] = [typed.has(AS_JSON), typed.has(AS_TAP), typed.value(CSV)];
  if (json && tap) throw new UsageError('--json and --tap both print: choose one.');
  const files = FILES.filter(({ option }) => typed.has(option));
  const request = {
    paths: typed.words,
    ...(typed.has(ONLY) && { only: typed.values(ONLY).flat() }),
    timeout: typed.value(TIMEOUT) ?? DEFAULT_TIMEOUT,
    jobs: typed.value(JOBS) ?? 1,
    exitZero: typed.has(EXIT_ZERO),
    print: json ? ('json' as const) : tap ? ('tap' as const) : ('text' as const),
    files: Object.fromEntries(files.map(({ format, option }) => [format, typed.value(option)])),
  };
  if (csv === undefined) {
    if (!typed.has(RESTART) && !typed.has(SHARD) && !typed.has(BOM)) return request;
    throw new UsageError('--restart, --shard and --bom go with --csv, for a class.');
  }
  const single = tap ? AS_TAP : files[0]?.option;
  if (single)
    throw new UsageError(`${single.name} tells of one person's work, and --csv of a class. Use --json there.`);
  if (typed.words.length !== 1) throw new UsageError('--csv takes one folder, that of the class.');
  return {
    ...request,
    course: {
      csv,
      restart: typed.has(RESTART),
      shard: typed.value(SHARD) ?? { part: 1, of: 1 },
      ...(typed.has(BOM) && { bom: true }),
    },
  };
}

function file(name: string, help: string): Option<string> {
  return { name, value: 'FILE', help, read: (path) => path };
}

/** `1/4`. */
function shardOf(text: string): Shard {
  const [, part, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (!(Number(part) >= 1 && Number(part) <= Number(of))) {
    throw new UsageError(`"${text}" is no part of a whole, such as 1/4`);
  }
  return { part: Number(part), of: Number(of) };
}
