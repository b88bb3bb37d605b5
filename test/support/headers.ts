/** Comparing numbers with the C headers of this machine. */
import { spawnSync } from 'node:child_process';
import { compilerWords } from '../../native/build.mjs';

const [compiler = '', ...first] = compilerWords();

export interface Comparison {
  /** Names that the headers give another value, with the compiler's words. */
  readonly different: string[];
  /** Names that these headers do not know. */
  readonly missing: string[];
}

/** Whether there is a C compiler to ask. */
export function compilerMissing(): string | undefined {
  return spawnSync(compiler, [...first, '--version']).status === 0 ? undefined : `needs a C compiler (${compiler})`;
}

/**
 * Asks the compiler whether C expressions have the given values. A macro that
 * the headers lack is reported; any other expression must compile. Nothing is
 * run, so a cross-compiler serves as well.
 */
export function compareWithHeaders(
  headers: readonly string[],
  macros: Readonly<Record<string, number>>,
  expressions: Readonly<Record<string, number>> = {},
): Comparison {
  const assertion = (name: string, value: number) =>
    `_Static_assert((long long)(${name}) == ${value}ll, "differs: ${name.replaceAll('"', '')}");`;
  const source = [
    '#define _GNU_SOURCE',
    ...headers.map((header) => `#include <${header}>`),
    // An enum constant is no macro: it is asked for by its value alone.
    ...Object.entries(macros).flatMap(([name, value]) => [
      `#ifdef ${name}`,
      assertion(name, value),
      '#else',
      `#warning "missing: ${name}"`,
      '#endif',
    ]),
    ...Object.entries(expressions).map(([name, value]) => assertion(name, value)),
    '',
  ].join('\n');
  const { status, stderr, error } = spawnSync(compiler, [...first, '-std=c11', '-fsyntax-only', '-x', 'c', '-'], {
    input: source,
    encoding: 'utf8',
  });
  if (error) throw error;
  const different = [...stderr.matchAll(/error: static assertion failed[^"]*"differs: (.*?)"/g)].map(
    ([, name = '']) => name,
  );
  const missing = [...stderr.matchAll(/#warning "missing: (\w+)"/g)].map(([, name = '']) => name);
  const unique = (names: string[]) => [...new Set(names)];
  if (status !== 0 && different.length === 0) throw new Error(stderr);
  return { different: unique(different), missing: unique(missing) };
}
