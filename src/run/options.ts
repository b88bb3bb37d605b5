/** The options of `npm run step`: those of the run, here, and those of the settings. */
import { UsageError } from '../command-line/usage-error.ts';
import type { Step } from '../lab/step.ts';
import type { Feature } from '../settings/features.ts';
import { SETTING_OPTIONS, type Settings } from '../settings/settings.ts';
import { steps } from '../steps/index.ts';

export interface StepRequest {
  readonly settings: Partial<Settings>;
  /** As an ordinary user. */
  readonly rootless: boolean;
  readonly trace?: 'text' | 'json';
  readonly pause: boolean;
  readonly quiet: boolean;
  readonly help?: boolean;
  readonly command: readonly string[];
}

type Draft = Omit<StepRequest, 'command'>;

interface Option {
  readonly name: string;
  /** Shown in the help; undefined for an option without a value. */
  readonly value?: string;
  /** A value may be given with `=` but need not. */
  readonly optional?: boolean;
  /** What a step must have; without it the option is for every step. */
  readonly about?: Feature;
  readonly help: string;
  /** @throws UsageError with the form that the value wants */
  readonly apply: (draft: Draft, value: string) => Draft;
}

export const OPTIONS: readonly Option[] = [
  {
    name: '--trace',
    value: 'json',
    optional: true,
    help: 'print every system call of both sides; --trace=json for machines',
    apply: (draft, value) => {
      if (value !== '' && value !== 'json')
        throw new UsageError(`--trace is alone or --trace=json, not --trace=${value}.`);
      return { ...draft, trace: value === 'json' ? 'json' : 'text' };
    },
  },
  {
    name: '--pause',
    help: 'stop before every system call and explain it',
    apply: (draft) => ({ ...draft, pause: true }),
  },
  { name: '--quiet', help: 'no narration, only the program', apply: (draft) => ({ ...draft, quiet: true }) },
  { name: '--help', help: 'this list', apply: (draft) => ({ ...draft, help: true }) },
  {
    name: '--rootless',
    help: 'run as an ordinary user, in a user namespace',
    apply: (draft) => ({ ...draft, rootless: true }),
  },
  ...SETTING_OPTIONS.map(
    ({ set, ...row }): Option => ({
      ...row,
      apply: (draft, value) => ({ ...draft, settings: set(draft.settings, value) }),
    }),
  ),
];

/**
 * Reads options up to the first word that is none; that word starts the command.
 * @throws UsageError
 */
export function parseOptions(words: readonly string[], step: Step): StepRequest {
  let draft: Draft = { settings: {}, rootless: false, pause: false, quiet: false };
  const rest = [...words];
  while (rest[0]?.startsWith('-')) {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    const [name = '', inline] = splitAtEquals(word);
    const option = OPTIONS.find((candidate) => candidate.name === name);
    if (!option)
      throw new UsageError(`There is no option ${name}. Options: ${OPTIONS.map((known) => known.name).join(' ')}`);
    if (!appliesTo(option, step))
      throw new UsageError(`${name} applies ${whichSteps(option)}; this is step ${step.number}.`);
    if (!option.value && inline !== undefined) throw new UsageError(`${name} takes no value.`);
    const value = option.value && !option.optional ? (inline ?? rest.shift()) : (inline ?? '');
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${option.value}`);
    draft = applyNamed(option, draft, value);
  }
  return { ...draft, command: rest };
}

/**
 * npm keeps options that stand before `--` for itself, and then tells a script
 * about them in its environment.
 * @throws UsageError that says where to put the `--`
 */
export function refuseSwallowedOptions(environment = process.env): void {
  for (const { name } of OPTIONS) {
    if (environment[`npm_config_${name.slice(2).replaceAll('-', '_')}`] === undefined) continue;
    throw new UsageError(`npm kept ${name} for itself. Put -- before the options: npm run step 4 -- ${name}`);
  }
}

/** `npm run step 4 -- --help`: the options that this step takes; without a step, all of them. */
export function helpText(step?: Step): string {
  const rows = OPTIONS.filter((option) => !step || appliesTo(option, step)).map((option): [string, string] => [
    usageOf(option),
    step || !option.about ? option.help : `${option.help} (${whichSteps(option)})`,
  ]);
  const width = Math.max(...rows.map(([usage]) => usage.length));
  return [
    'Usage: npm run step NUMBER -- [OPTION]... [--] [COMMAND [ARGUMENT]...]',
    '',
    ...rows.map(([usage, help]) => `  ${usage.padEnd(width)}  ${help}`),
  ].join('\n');
}

/** The table of README.md, a line each. */
export function optionsTable(): string[] {
  return [
    '| option | steps | |',
    '| --- | --- | --- |',
    ...OPTIONS.map((option) => `| \`${usageOf(option).replace('|', '\\|')}\` | ${stepsOf(option)} | ${option.help} |`),
  ];
}

function appliesTo({ about }: Option, { has }: Step): boolean {
  return about === undefined || has.has(about);
}

function usageOf({ name, value, optional }: Option): string {
  return `${name}${value ? (optional ? `[=${value}]` : ` ${value}`) : ''}`;
}

function stepsOf(option: Option): string {
  return option.about === undefined ? 'all' : whichSteps(option);
}

/** `from step 7 on`, or `to steps 7 and 9` where a later step does not have it. */
function whichSteps(option: Option): string {
  const numbers = steps.filter((step) => appliesTo(option, step)).map(({ number }) => number);
  const [first = 0] = numbers;
  if (numbers.length === steps.length - first) return `from step ${first} on`;
  const last = numbers.pop();
  return numbers.length === 0 ? `to step ${last}` : `to steps ${numbers.join(', ')} and ${last}`;
}

function applyNamed({ name, apply }: Option, draft: Draft, value: string): Draft {
  try {
    return apply(draft, value);
  } catch (error) {
    if (error instanceof UsageError && !error.message.startsWith('--'))
      throw new UsageError(`${name}: ${error.message}.`);
    throw error;
  }
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
