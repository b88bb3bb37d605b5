/** Reading what was typed after `npm run grade`. */
import { parseArgs } from 'node:util';
import { typedToNpm } from '../command-line/npm-options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { integer } from '../command-line/values.ts';
import { DEFAULT_TIMEOUT } from './grade.ts';

export const HELP = `npm run grade                        grades the workspace
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

It ends with 0 if all have passed, 1 if not, and 2 if it did not understand you and has done nothing.`;

const OPTIONS = {
  only: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  jobs: { type: 'string' },
  json: { type: 'boolean' },
  tap: { type: 'boolean' },
  junit: { type: 'string' },
  gradescope: { type: 'string' },
  classroom50: { type: 'string' },
  ctrf: { type: 'string' },
  csv: { type: 'string' },
  restart: { type: 'boolean' },
  shard: { type: 'string' },
  'exit-zero': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Formats that are written to files. */
export const FORMATS = ['junit', 'gradescope', 'classroom50', 'ctrf'] as const;
export type Format = (typeof FORMATS)[number];

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
    readonly shard: { readonly part: number; readonly of: number };
  };
}

/** Undefined if help is asked for. @throws UsageError */
export function parseRequest(words: readonly string[]): Request | undefined {
  const { values, positionals } = parse(words);
  if (values.help) return undefined;
  const { csv, json = false, tap = false, restart = false, shard } = values;
  if (json && tap) throw new UsageError('--json and --tap both print: choose one.');
  const files = Object.fromEntries(
    FORMATS.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
  const request = {
    paths: positionals,
    ...(values.only && { only: values.only.flatMap((list) => list.split(',')).filter(Boolean) }),
    timeout: number('--timeout', values.timeout ?? String(DEFAULT_TIMEOUT), 3600),
    jobs: number('--jobs', values.jobs ?? '1', 64),
    exitZero: values['exit-zero'] ?? false,
    print: json ? ('json' as const) : tap ? ('tap' as const) : ('text' as const),
    files,
  };
  if (csv === undefined) {
    if (restart || shard !== undefined) throw new UsageError('--restart and --shard go with --csv, for a class.');
    return request;
  }
  const single = tap ? 'tap' : Object.keys(files)[0];
  if (single) throw new UsageError(`--${single} tells of one person's work, and --csv of a class. Use --json there.`);
  if (positionals.length !== 1) throw new UsageError('--csv takes one folder, that of the class.');
  return { ...request, course: { csv, restart, shard: parseShard(shard ?? '1/1') } };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. To see what there is: npm run grade -- --help`);
  }
}

function number(option: string, text: string, most: number): number {
  try {
    return integer(1, most)(text);
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}.`);
  }
}

function parseShard(text: string): { part: number; of: number } {
  const [, part, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (!(Number(part) >= 1 && Number(part) <= Number(of))) {
    throw new UsageError(`--shard: "${text}" is no part of a whole, such as 1/4.`);
  }
  return { part: Number(part), of: Number(of) };
}

/** @throws UsageError for an option that npm kept for itself: it says where to put the `--` */
export function refuseSwallowed(environment = process.env): void {
  for (const name of Object.keys(OPTIONS)) {
    if (typedToNpm(`--${name}`, environment) === undefined) continue;
    throw new UsageError(`npm kept --${name} for itself. Put -- before the words: npm run grade -- --${name}`);
  }
}
