/** Mistakes of whoever writes a list, where no compiler has looked at the types. */

/** What is wrong, in a line, and what to do. */
export class Mistake extends TypeError {
  override readonly name = 'Mistake';
}

/** A value, for a message: `undefined`, `"text"`, `a promise`. */
export function described(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return `the function ${value.name}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  if ('then' in value) return 'a promise';
  if ('info' in value) return `the call ${(value.info as { name?: string }).name}`;
  return 'an object';
}

/** What to do about a value that does not belong where it stands. */
export function remedy(value: unknown): string {
  if (value === undefined || Number.isNaN(value)) return ' Is a name mistyped, or an `await` missing?';
  if (typeof value === 'function') return ` Call it: ${value.name}(…).`;
  return described(value) === 'a promise' ? ' Write `await` before it.' : '';
}

/** `what` says whose text it is. @throws Mistake for what is no text */
export function needText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new Mistake(`${what} is a text, and ${described(value)} is given.${remedy(value)}`);
}

/** `what` says whose number it is. @throws Mistake for what is no whole number */
export function needNumber(value: unknown, what: string): number {
  if (Number.isInteger(value)) return Number(value);
  throw new Mistake(`${what} is a whole number, and ${described(value)} is given.${remedy(value)}`);
}
