/** Reading the values of options. Each throws UsageError with the form that it wants. */
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

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new UsageError(`${JSON.stringify(text)} is not a whole number from ${least} to ${most}`);
    return value;
  };
}
