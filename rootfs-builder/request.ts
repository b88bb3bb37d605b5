/** Reading what was typed after `npm run rootfs`. */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../src/command-line/usage-error.ts';
import { ENGINES, type Engine } from './debian/engine.ts';
import type { DebianOptions } from './debian/recipe.ts';
import { checkName } from './images.ts';

export type Request =
  | { readonly kind: 'list' | 'help' | 'empty-cache' }
  | { readonly kind: 'build'; readonly name: string; readonly debian: DebianOptions }
  | { readonly kind: 'tar'; readonly name: string; readonly file: string }
  | { readonly kind: 'pack'; readonly name: string; readonly file: string }
  | { readonly kind: 'rm'; readonly names: readonly string[] };

const OPTIONS = {
  suite: { type: 'string' },
  mirror: { type: 'string' },
  engine: { type: 'string' },
  fresh: { type: 'boolean' },
  'no-cache': { type: 'boolean' },
  name: { type: 'string' },
  cache: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = {
  readonly [Key in keyof typeof OPTIONS]?: (typeof OPTIONS)[Key]['type'] extends 'string' ? string : boolean;
};

const FOR_DEBIAN = ['suite', 'mirror', 'engine', 'fresh', 'no-cache'] as const;

/** @throws UsageError */
export function parseWords(words: readonly string[]): Request {
  const { values, positionals } = parse(words);
  const [first, ...rest] = positionals;
  if (values.help || first === 'help') return { kind: 'help' };
  if (first === 'tar') return tarRequest(rest, allow(values, 'tar', ['name']));
  allow(values, first ?? 'the list', first === 'debian' ? FOR_DEBIAN : first === 'rm' ? ['cache'] : []);
  if (first === undefined) return { kind: 'list' };
  if (first === 'rm' && values.cache && rest.length === 0) return { kind: 'empty-cache' };
  if (first === 'rm') return { kind: 'rm', names: atLeastOne(rest).map(named) };
  if (first === 'pack') {
    const [name, file] = exactly(rest, 2, 'pack NAME FILE');
    return { kind: 'pack', name: named(name), file: file ?? '' };
  }
  exactly(rest, 0, `${first} and options`);
  return { kind: 'build', name: named(first), debian: debianOptions(values) };
}

/**
 * npm keeps options that stand before `--` for itself, and then tells a script
 * about them in its environment.
 * @throws UsageError that says where to put the `--`
 */
export function refuseSwallowed(environment = process.env): void {
  // npm has a --cache and a --name of its own, which are always set or mean something else.
  for (const name of FOR_DEBIAN) {
    if (environment[`npm_config_${name.replaceAll('-', '_')}`] === undefined) continue;
    throw new UsageError(`npm kept --${name} for itself. Put -- before the words: npm run rootfs -- debian --${name}`);
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? '');
  }
}

function tarRequest(rest: readonly string[], values: Values): Request {
  const [file = ''] = exactly(rest, 1, 'tar FILE --name NAME');
  const stem = basename(file).replace(/\.(tar(\.\w+)?|tgz|txz|tzst|tbz2?)$/, '');
  return { kind: 'tar', name: named(values.name ?? stem), file };
}

function debianOptions({ suite, mirror, engine, fresh, 'no-cache': noCache }: Values): DebianOptions {
  if (suite !== undefined && !/^[a-z][a-z0-9.-]*$/.test(suite))
    throw new UsageError(`"${suite}" is not a suite, such as bookworm.`);
  if (mirror !== undefined && !/^(https?|file):\/[^\s]+$/.test(mirror)) {
    throw new UsageError(`"${mirror}" is not a mirror, such as http://mirror.example/debian.`);
  }
  if (engine !== undefined && !isEngine(engine))
    throw new UsageError(`--engine is ${ENGINES.join(' or ')}, not ${engine}.`);
  return {
    ...(suite !== undefined && { suite }),
    ...(mirror !== undefined && { mirror }),
    ...(engine !== undefined && { engine }),
    fresh: Boolean(fresh || noCache),
  };
}

function isEngine(word: string): word is Engine {
  return (ENGINES as readonly string[]).includes(word);
}

function allow(values: Values, what: string, allowed: readonly string[]): Values {
  const wrong = Object.keys(values).find((name) => !allowed.includes(name));
  if (wrong !== undefined) throw new UsageError(`--${wrong} does not go with ${what}.`);
  return values;
}

function named(word: string | undefined): string {
  try {
    checkName(word ?? '');
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.`);
  }
  return word ?? '';
}

function exactly(words: readonly string[], count: number, form: string): readonly string[] {
  if (words.length !== count) throw new UsageError(`The form is: npm run rootfs -- ${form}`);
  return words;
}

function atLeastOne(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw new UsageError('The form is: npm run rootfs -- rm NAME');
  return words;
}
