/** The code that a fence with `file=` must show, and lessons brought up to date with it. */
import { readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { type Fence, fences } from '../markdown/fences.ts';
import { parse } from '../markdown/parse.ts';
import { codeOf, findRegions } from './regions.ts';

/** The code, or why there is none. */
export type Code = { readonly code: string } | { readonly problem: string };

export function codeFor({ file = '', region }: Fence, top: string): Code {
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

/** Fills every fence that names its source. Fences whose source is missing stay as they are. */
export function sync(text: string, top: string): string {
  const lines = text.split('\n');
  // From the end, so that the line numbers above stay right.
  for (const fence of fences(parse(text)).reverse()) {
    if (fence.file === undefined) continue;
    const found = codeFor(fence, top);
    if ('problem' in found) continue;
    const prefix = /^[\s>]*/.exec(lines[fence.line - 1] ?? '')?.[0] ?? '';
    const code = found.code.split('\n').map((line) => `${prefix}${line}`.trimEnd());
    lines.splice(fence.line, fence.endLine - fence.line - 1, ...code);
  }
  return lines.join('\n');
}
