/**
 * The code that a lesson shows: a file, or a named region of one, which is
 * `// #region NAME` to `// #endregion NAME`. A marker has a line of its own; `#`
 * and block comments do as well.
 */
import { readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { Fence } from '../markdown/fences.ts';
import type { FindingOnLine } from './finding.ts';

export interface Region {
  readonly name: string;
  /** The line of its opening marker, counted from 1. */
  readonly line: number;
  /** Its lines, shifted to the left margin, without the markers of regions inside. */
  readonly code: string;
}

export interface Regions {
  readonly regions: readonly Region[];
  readonly problems: readonly FindingOnLine[];
}

const MARKER = /^\s*(?:\/\/|#|\/\*)\s*#(region|endregion)\s+([\w-]+)\s*(?:\*\/)?\s*$/;
/** One that was meant to be a marker, but has no name, say. */
const ALMOST = /^\s*(?:\/\/|#|\/\*)\s*#(?:end)?region\b/;

/** The code that a fence with `file=` must show, or why there is none. */
export function codeFor(
  { file = '', region }: Fence,
  top: string,
): { readonly code: string } | { readonly problem: string } {
  const path = join(top, file);
  if (
    file.startsWith('/') ||
    normalize(file).startsWith('..') ||
    !statSync(path, { throwIfNoEntry: false })?.isFile()
  ) {
    return { problem: `There is no file ${file}. Paths start at the top of the repository.` };
  }
  const source = readFileSync(path, 'utf8');
  if (region === undefined) return { code: codeOf(source.split('\n')) };
  const { regions } = findRegions(source);
  const found = regions.find(({ name }) => name === region);
  if (found) return found;
  const names = regions.map(({ name }) => name).join(', ');
  return { problem: `${file} has no region ${region}. ${names ? `It has ${names}.` : 'It has none at all.'}` };
}

export function findRegions(source: string): Regions {
  const lines = source.split('\n');
  const open = new Map<string, number>();
  const regions: Region[] = [];
  const problems: FindingOnLine[] = [];
  const complain = (index: number, message: string) => problems.push({ line: index + 1, message });

  for (const [index, line] of lines.entries()) {
    const [, kind, name = ''] = MARKER.exec(line) ?? [];
    if (!kind) {
      if (ALMOST.test(line)) complain(index, 'A region marker needs a name, and a line of its own.');
    } else if (kind === 'region') {
      const isKnown = open.has(name) || regions.some((region) => region.name === name);
      if (isKnown) complain(index, `There is a region ${name} above already. Give this one another name.`);
      open.set(name, index);
    } else {
      const start = open.get(name);
      if (start === undefined) {
        complain(index, `#endregion ${name}, but no #region ${name} is open.`);
        continue;
      }
      open.delete(name);
      const code = codeOf(lines.slice(start + 1, index));
      if (code === '') complain(start, `The region ${name} is empty.`);
      else regions.push({ name, line: start + 1, code });
    }
  }
  for (const [name, index] of open) complain(index, `The region ${name} has no end. Add #endregion ${name}.`);
  return { regions, problems };
}

/** Joins lines without the markers among them, the blank lines at both ends, and the indentation that all share. */
export function codeOf(lines: readonly string[]): string {
  const kept = lines.filter((line) => !MARKER.test(line));
  const indents = kept.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return kept
    .map((line) => line.slice(indent).trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}
