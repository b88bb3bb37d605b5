/**
 * What may be typed after a command of the kit, as a table. From it come the
 * values, the usage line, the help, and what is said of all else.
 */
import { typedToNpm } from './npm-options.ts';
import { UsageError } from './usage-error.ts';

export interface Option<Value = unknown> {
  /** With its dashes: `--port`. */
  readonly name: string;
  /** A short form: `-p`. */
  readonly short?: string;
  /** What the help calls its value; undefined for an option without one. */
  readonly value?: string;
  /** A value may be given, with `=`, but need not. */
  readonly optional?: boolean;
  readonly help: string;
  /** Reads the value, which is '' if none was given. @throws UsageError with the form that it wants */
  readonly read: (text: string) => Value;
  /** npm has an option of this name too. What npm says of it counts as typed, or says nothing about ours. */
  readonly npm?: 'counts' | 'ignored';
}

export interface Form<Row extends Option = Option> {
  /** As it is typed after `npm run`. */
  readonly name: string;
  /** What the command does, in a line of its help. */
  readonly purpose?: string;
  /** The words that it takes beside options, as the usage line shows them, and how many; by default none. */
  readonly words?: { readonly shown: string; readonly least?: number; readonly most?: number };
  /** The first word that is no option starts a program: the usage line's words for that. */
  readonly program?: string;
  readonly options?: readonly Row[];
  /** Why an option does not apply here; undefined if it does. */
  readonly objection?: (option: Row) => string | undefined;
  /** A help of its own, in place of one made from the table. */
  readonly help?: string;
  /** What comes before an option where it is shown how to type one; by default `npm run NAME --`. */
  readonly example?: string;
}

/** An option without a value. */
export function flag(name: string, help: string, more: Pick<Option, 'npm'> = {}): Option<true> {
  return { name, help, read: () => true, ...more };
}

export const AS_JSON = flag('--json', 'print JSON, for programs', { npm: 'counts' });

const HELP = flag('--help', 'this list');
const HELP_NAMES = ['--help', '-h'];

/** What was typed. */
export class Typed<Row extends Option = Option> {
  /** In the order in which they were typed. */
  readonly given: readonly { readonly option: Row; readonly text: string }[];
  readonly words: readonly string[];
  readonly wantsHelp: boolean;

  constructor(given: Typed<Row>['given'], words: readonly string[], wantsHelp: boolean) {
    this.given = given;
    this.words = words;
    this.wantsHelp = wantsHelp;
  }

  has(option: Option): boolean {
    return this.given.some((one) => one.option === option);
  }

  /** The value of an option; of one that was given twice the last; undefined if it was not given. */
  value<Value>(option: Option<Value>): Value | undefined {
    return this.values(option).at(-1);
  }

  values<Value>(option: Option<Value>): Value[] {
    return this.given.filter((one) => one.option === option).map(({ text }) => option.read(text));
  }
}

/** Reads what was typed. What follows `--` is no option. @throws UsageError */
export function parse<Row extends Option>(form: Form<Row>, typed: readonly string[]): Typed<Row> {
  const given: { option: Row; text: string }[] = [];
  const words: string[] = [];
  const rest = [...typed];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-')) words.push(word);
    const endsOptions = word === '--' || (form.program !== undefined && words.length > 0);
    if (endsOptions) words.push(...rest.splice(0));
    if (endsOptions || !word.startsWith('-')) continue;
    const [name, inline] = splitAtEquals(word);
    const option = form.options?.find((candidate) => candidate.name === name || candidate.short === name);
    if (!option && HELP_NAMES.includes(name)) return new Typed(given, words, true);
    if (!option) throw unknown(form, form.program === undefined ? word : name);
    given.push({ option, text: textOf(form, option, inline, rest) });
  }
  checkCount(form, words);
  return new Typed(given, words, false);
}

/**
 * Options that stood before `--`, so that npm kept them for itself.
 * @returns those that npm has too, to be put in front of `words`, which were typed
 * @throws UsageError for others, which says where to put the `--`
 */
export function keptByNpm<Row extends Option>(
  form: Form<Row>,
  words: readonly string[],
  environment = process.env,
): string[] {
  const kept = (form.options ?? []).flatMap(({ name, npm }) => {
    const value = typedToNpm(name, environment);
    return value === undefined ? [] : [{ name, npm, typed: value === 'true' ? [name] : [name, value] }];
  });
  const lost = kept.filter(({ npm }) => npm === undefined);
  const [first] = lost;
  if (first) {
    const start = form.example ?? `npm run ${form.name} --`;
    const all = [start, ...lost.flatMap(({ typed }) => typed), ...words].join(' ');
    throw new UsageError(`npm kept ${first.name} for itself. Put -- before the options: ${all}`);
  }
  return kept.filter(({ npm, typed }) => npm === 'counts' && typed.length === 1).map(({ name }) => name);
}

/** `npm run lessons [-- [--port NUMBER] [--build]]` */
export function usageLine<Row extends Option>(form: Form<Row>): string {
  const { name, words, program } = form;
  const start = ['npm run', name, ...(words ? [words.shown] : [])].join(' ');
  if (program !== undefined) return `${start} -- [OPTION]... [--] ${program}`;
  const [first, ...others] = applying(form).map(shown);
  if (first === undefined) return start;
  return `${start} [-- ${others.length === 0 ? first : [first, ...others].map((one) => `[${one}]`).join(' ')}]`;
}

/** The usage line, and a line for every option that applies. */
export function helpText<Row extends Option>(form: Form<Row>): string {
  if (form.help !== undefined) return form.help;
  const options = applying(form);
  const rows: Option[] = options.some(({ name }) => name === HELP.name) ? options : [...options, HELP];
  const width = Math.max(...rows.map((row) => shown(row).length));
  return [
    `Usage: ${usageLine(form)}`,
    ...(form.purpose === undefined ? [] : [form.purpose]),
    '',
    ...rows.map((row) => `  ${shown(row).padEnd(width)}  ${row.help}`),
  ].join('\n');
}

function applying<Row extends Option>({ options = [], objection }: Form<Row>): Row[] {
  return options.filter((option) => objection?.(option) === undefined);
}

/** An option as the help shows it: `--port NUMBER`. */
export function shown({ name, short, value, optional }: Option): string {
  const names = short === undefined ? name : `${name}, ${short}`;
  if (value === undefined) return names;
  return optional ? `${names}[=${value}]` : `${names} ${value}`;
}

/** The text of an option's value, taken from `rest` where it stands there. @throws UsageError */
function textOf<Row extends Option>(
  { objection }: Form<Row>,
  option: Row,
  inline: string | undefined,
  rest: string[],
): string {
  const { name, value, optional } = option;
  const reason = objection?.(option);
  if (reason !== undefined) throw new UsageError(reason);
  if (value === undefined && inline !== undefined) throw new UsageError(`${name} takes no value.`);
  // A value that looks like an option is a forgotten one; with `=` it can be said all the same.
  const isForgotten = rest[0]?.startsWith('--') === true;
  const text = value === undefined || optional ? (inline ?? '') : (inline ?? (isForgotten ? undefined : rest.shift()));
  if (text === undefined) throw new UsageError(`${name} needs a value: ${name} ${value}`);
  try {
    option.read(text);
  } catch (error) {
    if (!(error instanceof UsageError) || error.message.startsWith('--')) throw error;
    throw new UsageError(`${name}: ${error.message}.`);
  }
  return text;
}

function unknown<Row extends Option>(form: Form<Row>, word: string): UsageError {
  const { name, words, program, options = [], help } = form;
  const names = options.map((option) => option.name);
  if (program !== undefined) return new UsageError(`There is no option ${word}. Options: ${names.join(' ')}`);
  if (help !== undefined) {
    return new UsageError(`${name} does not know ${word}. To see what there is: npm run ${name} -- --help`);
  }
  if (!words && names.length === 0) return new UsageError(`${name} takes no arguments, and ${word} is one.`);
  return new UsageError(`${name} does not know ${word}. Usage: ${usageLine(form)}`);
}

function checkCount<Row extends Option>(form: Form<Row>, words: readonly string[]): void {
  const { words: wanted, program, help } = form;
  const { least = 0, most = Number.POSITIVE_INFINITY } = wanted ?? { most: 0 };
  if (program !== undefined) return;
  const extra = words[most];
  if (extra !== undefined) throw unknown(form, extra);
  if (words.length < least) throw new UsageError(help ?? `Usage: ${usageLine(form)}`);
}

function splitAtEquals(word: string): [name: string, inline: string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
