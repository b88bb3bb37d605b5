/** What went wrong in a submission, in words for who wrote it, with the line of theirs that it is about. */
import { relative } from 'node:path';
import { CallFailure } from '../executor/failure.ts';
import { MistakeInLine } from './imports.ts';

export interface Source {
  /** Where it is. */
  readonly file: string;
  readonly text: string;
  /** Where the kit is. */
  readonly kit: string;
}

const MOST_OF_A_LINE = 100;

/** The message, with the learner's line below it; of an error that comes from nowhere in their file, all that is known. */
export function explained(error: unknown, source: Source): string {
  if (!(error instanceof Error)) return String(error);
  const syntax = syntaxError(error);
  if (syntax) return [`Syntax error: ${syntax.text}`, lineText(syntax.line, source)].join('\n');
  const line = lineOf(error, source);
  const isPlain = error.name === 'Mistake' || failureIn(error) !== undefined;
  if (line === undefined && !isPlain) return error.stack ?? error.message;
  const [first = '', second, ...rest] = `${isPlain ? '' : `${error.name}: `}${wordsOf(error)}`.split('\n');
  const place = line === undefined ? [] : [lineText(line, source)];
  // Of a call that has failed the first two lines name it.
  return [first, ...(failureIn(error) ? [second, ...place] : [...place, second]), ...rest]
    .filter((text) => text !== undefined)
    .join('\n');
}

/** `  at workspace/1a-domain-name.ts:14: const container = …` */
function lineText(line: number, { file, text, kit }: Source): string {
  const code = text.split('\n')[line - 1]?.trim() ?? '';
  return `  at ${relative(kit, file)}:${line}: ${code.slice(0, MOST_OF_A_LINE)}`;
}

/** What V8 says is true, and does not say what to do. */
const ADVICE: readonly [says: RegExp, advice: (found: RegExpExecArray) => string][] = [
  [
    / is not iterable$|^Spread syntax requires/,
    () => 'What has `...` before it must be a list; a promise wants `await` first.',
  ],
  [/^(\w+) is not defined$/, ([, name = '']) => `Is it imported? npm run calls -- ${name}`],
  [
    /^Cannot read properties of (undefined|null)|^Cannot destructure/,
    () => 'Is a name mistyped, or an `await` missing?',
  ],
  [/ is not a function$/, () => 'Is a name mistyped, or an `await` missing?'],
];

function wordsOf({ message }: Error): string {
  const [said = ''] = message.split('\nRequire stack:');
  for (const [says, advice] of ADVICE) {
    const found = says.exec(said);
    if (found) return `${said}. ${advice(found)}`;
  }
  return said;
}

function failureIn(error: Error): CallFailure | undefined {
  if (error instanceof CallFailure) return error;
  return error.cause instanceof CallFailure ? error.cause : undefined;
}

/** The line where the failing call was written, or that called what has thrown. */
function lineOf(error: Error, source: Source): number | undefined {
  if (error instanceof MistakeInLine) return error.line;
  const origin = failureIn(error)?.failed.call.origin;
  return (origin && lineIn(origin, source)) ?? lineIn(error, source);
}

function lineIn({ stack = '' }: Error, { file }: Source): number | undefined {
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && line.includes(`${file}:`));
  const line = frame && /:(\d+):\d+\)?$/.exec(frame)?.[1];
  return line ? Number(line) : undefined;
}

/** What esbuild says of a file that it cannot read. */
function syntaxError({ message }: Error): { readonly text: string; readonly line: number } | undefined {
  const [, line, text = ''] = /^.*:(\d+):\d+: ERROR: (.*)$/m.exec(message) ?? [];
  return line === undefined ? undefined : { text, line: Number(line) };
}
