/** What may be typed after `npm run step N`: the options of the run, here, and those of the settings. */
import { type Form, flag, helpText as helpOf, keptByNpm, type Option, parse, shown } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Step } from '../lab/step.ts';
import type { Feature } from '../settings/features.ts';
import { type Asked, SETTING_OPTIONS, type SettingOption } from '../settings/settings.ts';
import { steps } from '../steps/index.ts';

export interface StepRequest {
  readonly settings: Asked;
  /** As an ordinary user. */
  readonly rootless: boolean;
  readonly trace?: 'text' | 'json';
  readonly pause: boolean;
  /** Only to say what would be done. */
  readonly plan: boolean;
  readonly quiet: boolean;
  readonly help?: boolean;
  readonly command: readonly string[];
}

interface StepOption extends Option {
  /** What a step must have; without it the option is for every step. */
  readonly about?: Feature;
}

const TRACE: StepOption & Option<'text' | 'json'> = {
  name: '--trace',
  value: 'json',
  optional: true,
  help: 'print every system call of both sides; --trace=json for machines',
  read: (text) => {
    if (text !== '' && text !== 'json') throw new UsageError(`--trace is alone or --trace=json, not --trace=${text}.`);
    return text === 'json' ? 'json' : 'text';
  },
};
const PAUSE = flag('--pause', 'stop before every system call and explain it');
const PLAN = flag('--plan', 'print the calls of both sides, and make none of them');
const QUIET = flag('--quiet', 'no narration, only the program');
const HELP = flag('--help', 'this list');
const ROOTLESS = flag('--rootless', 'run as an ordinary user, in a user namespace');

const SETTINGS = new Map<StepOption, SettingOption>(
  SETTING_OPTIONS.map((setting) => {
    const { set, ...row } = setting;
    return [{ ...row, read: (text) => set({}, text) }, setting];
  }),
);

export const OPTIONS: readonly StepOption[] = [TRACE, PAUSE, PLAN, QUIET, HELP, ROOTLESS, ...SETTINGS.keys()];

/** Without a step, of all of them. */
function formOf(step?: Step): Form<StepOption> {
  return {
    name: 'step',
    program: 'COMMAND [ARGUMENT]...',
    options: OPTIONS,
    objection: (option) =>
      step && !appliesTo(option, step)
        ? `${option.name} applies ${whichSteps(option)}; this is step ${step.number}.`
        : undefined,
    example: `npm run step ${step?.number ?? 'NUMBER'} --`,
  };
}

/**
 * Reads options up to the first word that is none; that word starts the command.
 * @throws UsageError
 */
export function parseOptions(words: readonly string[], step: Step): StepRequest {
  const typed = parse(formOf(step), words);
  const trace = typed.value(TRACE);
  if (typed.has(PLAN) && (trace || typed.has(PAUSE))) {
    throw new UsageError(`--plan makes no call that ${trace ? '--trace could print' : '--pause could wait for'}.`);
  }
  const settings = typed.given.reduce<Asked>(
    (known, { option, text }) => SETTINGS.get(option)?.set(known, text) ?? known,
    {},
  );
  return {
    settings,
    rootless: typed.has(ROOTLESS),
    ...(trace && { trace }),
    pause: typed.has(PAUSE),
    plan: typed.has(PLAN),
    quiet: typed.has(QUIET),
    ...((typed.has(HELP) || typed.wantsHelp) && { help: true }),
    command: typed.words,
  };
}

/** @throws UsageError for an option that npm kept for itself: it says what to type instead */
export function refuseSwallowedOptions(step: Step, words: readonly string[], environment = process.env): void {
  keptByNpm(formOf(step), words, environment);
}

/** `npm run step 4 -- --help`: the options that this step takes; without a step, all of them. */
export function helpText(step?: Step): string {
  if (step) return helpOf(formOf(step));
  const options = OPTIONS.map((option) =>
    option.about ? { ...option, help: `${option.help} (${whichSteps(option)})` } : option,
  );
  return helpOf({ ...formOf(), options });
}

/** The table of README.md, a line each. */
export function optionsTable(): string[] {
  return [
    '| option | steps | |',
    '| --- | --- | --- |',
    ...OPTIONS.map((option) => `| \`${shown(option).replace('|', '\\|')}\` | ${stepsOf(option)} | ${option.help} |`),
  ];
}

function appliesTo({ about }: StepOption, { has }: Step): boolean {
  return about === undefined || has.has(about);
}

function stepsOf(option: StepOption): string {
  return option.about === undefined ? 'all' : whichSteps(option);
}

/** `from step 7 on`, or `to steps 7 and 9` where a later step does not have it. */
function whichSteps(option: StepOption): string {
  const numbers = steps.filter((step) => appliesTo(option, step)).map(({ number }) => number);
  const [first = 0] = numbers;
  if (numbers.length === steps.length - first) return `from step ${first} on`;
  const last = numbers.pop();
  return numbers.length === 0 ? `to step ${last}` : `to steps ${numbers.join(', ')} and ${last}`;
}
