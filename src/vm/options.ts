/** The options of `npm run vm`. */
import { type Form, flag, type Option, type Typed } from '../command-line/options.ts';
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

const DEFAULTS = { memory: 2 * 2 ** 30, cpus: 2, bootTimeoutMs: 120_000 };
const MAX_CPUS = 64;

const milliseconds = (value: string) => integer(1, 86_400)(value) * 1000;

const AS_LEARNER = flag('--user', 'run the command as learner, an ordinary user', { npm: 'ignored' });
const MEMORY: Option<number> = { name: '--memory', value: 'BYTES', help: 'default 2g', read: bytes };
const CPUS: Option<number> = { name: '--cpus', value: 'NUMBER', help: 'default 2', read: integer(1, MAX_CPUS) };
const NETWORK = flag('--network', 'let the machine reach the network');
const TIMEOUT: Option<number> = {
  name: '--timeout',
  value: 'SECONDS',
  help: 'end the machine after this, with status 124',
  read: milliseconds,
  npm: 'ignored',
};
const BOOT_TIMEOUT: Option<number> = {
  name: '--boot-timeout',
  value: 'SECONDS',
  help: 'default 120',
  read: milliseconds,
};

export const FORM: Form = {
  name: 'vm',
  purpose: 'Runs a command in a throw-away machine, or a shell.',
  program: '[COMMAND [ARGUMENT]...]',
  options: [AS_LEARNER, MEMORY, CPUS, NETWORK, TIMEOUT, BOOT_TIMEOUT],
};

export function requestOf(typed: Typed): VmRequest {
  const timeoutMs = typed.value(TIMEOUT);
  return {
    user: typed.has(AS_LEARNER) ? 'learner' : 'root',
    hardware: {
      memory: typed.value(MEMORY) ?? DEFAULTS.memory,
      cpus: typed.value(CPUS) ?? DEFAULTS.cpus,
      network: typed.has(NETWORK),
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    bootTimeoutMs: typed.value(BOOT_TIMEOUT) ?? DEFAULTS.bootTimeoutMs,
    command: typed.words,
  };
}
