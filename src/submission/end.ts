/** What `run` gives back: whether it is an end. */
import type { End } from '../executor/reaper.ts';
import { described } from '../syscalls/mistake.ts';
import { MistakeInLine } from './imports.ts';

const MOST = 255;

/** `line`: where `run` is. @throws MistakeInLine for what is no end, and says what was forgotten */
export function endFrom(value: unknown, line: number): End {
  if (isEnd(value)) return value;
  throw new MistakeInLine(`run has given back ${inWords(value)}`, line);
}

function isEnd(value: unknown): value is End {
  if (typeof value !== 'object' || value === null) return false;
  const { status, signal } = value as { status?: unknown; signal?: unknown };
  return isNumber(status === undefined ? signal : status);
}

function isNumber(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST;
}

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing. Is a `return` missing before lab.wait(…)?';
  if (typeof value === 'number') return `${value}. As an end that is { status: ${value} }.`;
  if (Array.isArray(value)) return 'a list. It must give back one end, such as the first of them.';
  if (typeof value !== 'object' || value === null)
    return `${described(value)}. It must give back an end, as lab.wait does.`;
  if ('pid' in value) return 'a child. It must give back its end: return lab.wait(…);';
  if ('status' in value) return `{ status: ${described(value.status)} }. A status is a whole number from 0 to ${MOST}.`;
  return 'an object that is no end. An end is { status } or { signal }, as lab.wait gives it.';
}
