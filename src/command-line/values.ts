/** Reading the values of options. Each throws UsageError with the form that it wants. */
import { LEAST_MEMORY } from '../settings/limits.ts';
import type { IdRange } from '../settings/settings.ts';
import { UsageError } from './usage-error.ts';

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
};

/** `512m` is 536870912: docker run's units, powers of 1024. */
export function bytes(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const factor = UNITS[unit?.toLowerCase() ?? '?'];
  const count = Math.floor(Number(digits) * (factor ?? Number.NaN));
  if (!(count > 0 && count <= Number.MAX_SAFE_INTEGER))
    throw new UsageError(`${JSON.stringify(text)} is not a size. Write a number and b, k, m or g: 64m`);
  return count;
}

/** A limit of memory, in bytes as above. */
export function memory(text: string): number {
  const count = bytes(text);
  if (count < LEAST_MEMORY)
    throw new UsageError(`${JSON.stringify(text)} is less than a container needs to begin: 6m at least`);
  return count;
}

/** `0.5`: CPUs; the kernel takes a quota from 1 ms in 100 ms on. */
export function cpuCount(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 0.01 && Number.isFinite(value)))
    throw new UsageError(`${JSON.stringify(text)} is not a number of CPUs from 0.01 on, such as 0.5`);
  return value;
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new UsageError(`${JSON.stringify(text)} is not a whole number from ${least} to ${most}`);
    return value;
  };
}

/** `0-1,3`: cpuset(7), list format. */
export function cpuList(text: string): string {
  const ranges = text.split(',').map((range) => /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range));
  if (!ranges.every((range) => range && Number(range[2] ?? range[1]) >= Number(range[1]))) {
    throw new UsageError(`${JSON.stringify(text)} is not a list of CPUs, such as 0-1 or 0,2`);
  }
  return text;
}

/** sethostname(2): at most 64 bytes, not none. */
export function hostName(text: string): string {
  const length = Buffer.byteLength(text);
  if (length < 1 || length > 64 || text.includes('\0'))
    throw new UsageError(`${JSON.stringify(text)} is not a host name: 1 to 64 bytes`);
  return text;
}

const MAX_ID = 4_294_967_294;

/** `0:100000:65536`: inside, outside, count, as in user_namespaces(7). */
export function idRange(text: string): IdRange {
  const [inside, outside, count] = text.split(':').map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  const whole = inside !== undefined && outside !== undefined && count !== undefined && text.split(':').length === 3;
  if (!whole || !(count > 0) || !(inside + count <= MAX_ID + 1) || !(outside + count <= MAX_ID + 1)) {
    throw new UsageError(`${JSON.stringify(text)} is not INSIDE:OUTSIDE:COUNT, such as 0:100000:65536`);
  }
  return { inside, outside, count };
}
