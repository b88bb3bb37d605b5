/** The options of `npm run step`: names and units as in docker run, where docker has them. */

import { UsageError } from '../command-line/usage-error.ts';
import { bytes, cpuCount, cpuList, hostName, idRange, integer, memory } from '../command-line/values.ts';
import type { Limits } from '../settings/limits.ts';
import type { IdRange, Settings } from '../settings/settings.ts';

export interface StepRequest {
  readonly settings: Partial<Settings>;
  readonly trace?: 'text' | 'json';
  readonly pause: boolean;
  readonly quiet: boolean;
  readonly help?: boolean;
  readonly command: readonly string[];
}

interface Draft {
  settings: { -readonly [Key in keyof Settings]?: Settings[Key] };
  trace?: 'text' | 'json';
  pause: boolean;
  quiet: boolean;
  help?: boolean;
}

interface Option {
  /** Shown in the help; undefined for an option without a value. */
  readonly value?: string;
  /** A value may be given with `=` but need not. */
  readonly optional?: boolean;
  /** The first step to which it applies. */
  readonly from: number;
  readonly help: string;
  readonly apply: (draft: Draft, value: string) => void;
}

function limit<Name extends keyof Limits>(name: Name, parse: (value: string) => NonNullable<Limits[Name]>) {
  return (draft: Draft, value: string): void => {
    draft.settings.limits = { ...draft.settings.limits, [name]: parse(value) };
  };
}

const addRange = (key: 'uidMap' | 'gidMap') => (draft: Draft, value: string) => {
  const ranges: readonly IdRange[] = draft.settings[key] ?? [];
  draft.settings[key] = [...ranges, idRange(value)];
};

export const OPTIONS: Readonly<Record<string, Option>> = {
  '--trace': {
    value: 'json',
    optional: true,
    from: 0,
    help: 'print every system call of both sides; --trace=json for machines',
    apply: (draft, value) => {
      if (value !== '' && value !== 'json')
        throw new UsageError(`--trace is alone or --trace=json, not --trace=${value}.`);
      draft.trace = value === 'json' ? 'json' : 'text';
    },
  },
  '--pause': {
    from: 0,
    help: 'stop before every system call and explain it',
    apply: (draft) => {
      draft.pause = true;
    },
  },
  '--quiet': {
    from: 0,
    help: 'no narration, only the program',
    apply: (draft) => {
      draft.quiet = true;
    },
  },
  '--help': {
    from: 0,
    help: 'this list',
    apply: (draft) => {
      draft.help = true;
    },
  },
  '--rootless': {
    from: 0,
    help: 'run as an ordinary user, in a user namespace',
    apply: (draft) => {
      draft.settings.rootless = true;
    },
  },
  '--hostname': {
    value: 'NAME',
    from: 1,
    help: 'the host name inside',
    apply: (draft, value) => {
      draft.settings.hostname = hostName(value);
    },
  },
  '--uid-map': {
    value: 'INSIDE:OUTSIDE:COUNT',
    from: 5,
    help: 'user ids; may be given several times',
    apply: addRange('uidMap'),
  },
  '--gid-map': {
    value: 'INSIDE:OUTSIDE:COUNT',
    from: 5,
    help: 'group ids; may be given several times',
    apply: addRange('gidMap'),
  },
  '--memory': { value: 'BYTES', from: 7, help: 'memory limit: 64m, 1g', apply: limit('memory', memory) },
  '--cpus': { value: 'NUMBER', from: 7, help: 'CPU quota: 0.5 is half a CPU', apply: limit('cpus', cpuCount) },
  '--cpu-shares': {
    value: 'NUMBER',
    from: 7,
    help: 'CPU weight, 2 to 262144; 1024 is usual',
    apply: limit('cpuShares', integer(2, 262_144)),
  },
  '--cpuset-cpus': { value: 'LIST', from: 7, help: 'CPUs to run on: 0-1 or 0,2', apply: limit('cpusetCpus', cpuList) },
  '--pids': {
    value: 'NUMBER',
    from: 7,
    help: 'number of processes and threads',
    apply: limit('pids', integer(1, 4_194_304)),
  },
  '--device-write-bps': {
    value: 'RATE',
    from: 7,
    help: 'bytes per second written to the disk: 1mb',
    apply: limit('deviceWriteBps', bytes),
  },
  '--rootfs': {
    value: 'NAME|DIR',
    from: 0,
    help: 'the image to run in',
    apply: (draft, value) => {
      draft.settings.rootfs = value;
    },
  },
};

/**
 * Reads options up to the first word that is none; that word starts the command.
 * @throws UsageError
 */
export function parseOptions(words: readonly string[], step: number): StepRequest {
  const draft: Draft = { settings: {}, pause: false, quiet: false };
  const rest = [...words];
  while (rest[0]?.startsWith('-')) {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    const [name = '', inline] = splitAtEquals(word);
    const option = OPTIONS[name];
    if (!option) throw new UsageError(`There is no option ${name}. Options: ${Object.keys(OPTIONS).join(' ')}`);
    if (step < option.from) throw new UsageError(`${name} applies from step ${option.from} on; this is step ${step}.`);
    if (!option.value && inline !== undefined) throw new UsageError(`${name} takes no value.`);
    const value = option.value && !option.optional ? (inline ?? rest.shift()) : (inline ?? '');
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${option.value}`);
    applyNamed(name, option, draft, value);
  }
  return { ...draft, command: rest };
}

/**
 * npm keeps options that stand before `--` for itself, and then tells a script
 * about them in its environment.
 * @throws UsageError that says where to put the `--`
 */
export function refuseSwallowedOptions(environment = process.env): void {
  for (const name of Object.keys(OPTIONS)) {
    if (environment[`npm_config_${name.slice(2).replaceAll('-', '_')}`] === undefined) continue;
    throw new UsageError(`npm kept ${name} for itself. Put -- before the options: npm run step 4 -- ${name}`);
  }
}

function applyNamed(name: string, option: Option, draft: Draft, value: string): void {
  try {
    option.apply(draft, value);
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
