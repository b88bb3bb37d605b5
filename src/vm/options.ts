/** The options of `npm run vm`. */
import { UsageError } from '../command-line/usage-error.ts';
import { bytes, integer } from '../command-line/values.ts';
import type { Job } from './job.ts';
import type { Hardware } from './qemu.ts';

export interface VmRequest {
  readonly hardware: Hardware;
  readonly user: Job['user'];
  /** Undefined: as long as it takes. */
  readonly timeoutMs?: number;
  readonly bootTimeoutMs: number;
  readonly command: readonly string[];
}

type Draft = Omit<VmRequest, 'hardware' | 'command'> & Hardware;

interface Option {
  readonly value?: string;
  readonly help: string;
  readonly read: (value: string) => Partial<Draft>;
}

const MAX_CPUS = 64;
const MAX_SECONDS = 86_400;

const seconds = (value: string) => integer(1, MAX_SECONDS)(value) * 1000;

const OPTIONS: Readonly<Record<string, Option>> = {
  '--user': { help: 'run the command as learner, an ordinary user', read: () => ({ user: 'learner' }) },
  '--memory': { value: 'BYTES', help: 'default 2g', read: (value) => ({ memory: bytes(value) }) },
  '--cpus': { value: 'NUMBER', help: 'default 2', read: (value) => ({ cpus: integer(1, MAX_CPUS)(value) }) },
  '--network': { help: 'let the machine reach the network', read: () => ({ network: true }) },
  '--timeout': {
    value: 'SECONDS',
    help: 'end the machine after this, with status 124',
    read: (value) => ({ timeoutMs: seconds(value) }),
  },
  '--boot-timeout': { value: 'SECONDS', help: 'default 120', read: (value) => ({ bootTimeoutMs: seconds(value) }) },
};

export const HELP = [
  'npm run vm -- [OPTIONS] [COMMAND…]: runs a command in a throw-away machine, or a shell',
  ...Object.entries(OPTIONS).map(
    ([name, { value, help }]) => `  ${`${name}${value ? ` ${value}` : ''}`.padEnd(24)}${help}`,
  ),
].join('\n');

/**
 * Reads options up to the first word that is none; that word starts the command.
 * @throws UsageError
 */
export function parseVmOptions(words: readonly string[], environment = process.env): VmRequest {
  refuseSwallowed(environment);
  let draft: Draft = { memory: 2 * 2 ** 30, cpus: 2, network: false, user: 'root', bootTimeoutMs: 120_000 };
  const rest = [...words];
  while (rest[0]?.startsWith('-')) {
    const word = rest.shift() ?? '';
    if (word === '--') break;
    const [name = '', inline] = word.split(/=(.*)/s);
    const option = OPTIONS[name];
    if (!option) throw new UsageError(`There is no option ${name}.\n${HELP}`);
    if (!option.value && inline !== undefined) throw new UsageError(`${name} takes no value.`);
    const value = option.value ? (inline ?? rest.shift()) : '';
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${option.value}`);
    draft = { ...draft, ...readNamed(name, option, value) };
  }
  const { memory, cpus, network, ...others } = draft;
  return { ...others, hardware: { memory, cpus, network }, command: rest };
}

function readNamed(name: string, option: Option, value: string): Partial<Draft> {
  try {
    return option.read(value);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${name}: ${error.message}.`) : error;
  }
}

/** npm keeps options that stand before `--` for itself, and then tells a script in its environment. */
function refuseSwallowed(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(OPTIONS)) {
    const variable = `npm_config_${name.slice(2).replaceAll('-', '_')}`;
    // These two are npm's own settings as well.
    if (environment[variable] === undefined || name === '--user' || name === '--timeout') continue;
    throw new UsageError(`npm kept ${name} for itself. Put -- before the options: npm run vm -- ${name}`);
  }
}
