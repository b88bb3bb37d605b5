/**
 * What npm has kept for itself. It takes options that stand before `--`, and
 * tells a script of them in its environment; but it tells of its settings in the
 * same way. What was typed is what neither the files with settings say, nor the
 * environment that npm itself was started with. (npm hides its own command line.)
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentOf, variableOf } from '../proc/stat.ts';

/** npm, the shell that it starts, and us. */
const GENERATIONS = 4;

/** The value of an option that npm has kept, as it tells it; undefined if none was typed. `name` is with its dashes. */
export function typedToNpm(name: string, environment = process.env): string | undefined {
  const key = keyOf(name.slice(2));
  const value = environment[`npm_config_${key}`];
  if (value === undefined || settingsOf(environment).some(([known, text]) => known === key && text === value)) {
    return undefined;
  }
  return variableOfNpm(`npm_config_${key}`, environment) === value ? undefined : value;
}

/** Every setting of the files that npm reads: npmrc(5). */
function settingsOf(environment: NodeJS.ProcessEnv): [key: string, value: string][] {
  const { npm_config_userconfig, npm_config_globalconfig, npm_config_local_prefix, npm_execpath } = environment;
  const files = [
    npm_config_userconfig,
    npm_config_globalconfig,
    npm_config_local_prefix && join(npm_config_local_prefix, '.npmrc'),
    npm_execpath && join(dirname(npm_execpath), '../npmrc'),
  ];
  return files.flatMap((file) => (file ? parseNpmrc(textOf(file), environment) : []));
}

/** Lines `key = value`; a key alone is true. A value may be in quotes, and may hold `${VARIABLE}`. */
export function parseNpmrc(text: string, environment: NodeJS.ProcessEnv = {}): [key: string, value: string][] {
  return text.split('\n').flatMap((line) => {
    const [, key, given = 'true'] = /^\s*([^\s=;#[][^=]*?)\s*(?:=\s*(.*?))?\s*$/.exec(line) ?? [];
    if (key === undefined) return [];
    const bare = given.replace(/^(["'])(.*)\1$/, '$2');
    const value = bare.replace(/\$\{(\w+)\}/g, (whole, name: string) => environment[name] ?? whole);
    // npm tells of what is false with no text at all.
    return [[keyOf(key.replace(/\[\]$/, '')), value === 'false' ? '' : value]];
  });
}

function keyOf(name: string): string {
  return name.replaceAll('-', '_').toLowerCase();
}

/** A variable in the environment that npm was started with: the nearest of our forebears that is not of its script. */
function variableOfNpm(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const script = environment.npm_lifecycle_event;
  if (script === undefined) return undefined;
  let pid = parentOf(process.pid);
  for (let generation = 0; pid && generation < GENERATIONS; generation++, pid = parentOf(pid)) {
    if (variableOf(pid, 'npm_lifecycle_event') !== script) return variableOf(pid, name);
  }
  return undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
