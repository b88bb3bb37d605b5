/** The parts of a transcript that may vary: ⟨pid⟩, ⟨time⟩, … */

/** What each kind matches, as the source of a regular expression without groups that capture. */
const KINDS: Readonly<Record<string, string>> = {
  pid: '\\d+',
  inode: '\\d+',
  uid: '\\d+',
  gid: '\\d+',
  n: '\\d+',
  time: '(?:\\d+m)?\\d[\\d:.]*(?: ?(?:[num\u00b5]?s|sec(?:onds?)?|min(?:utes?)?|h))?',
  addr: '(?:0x)?[0-9a-fA-F](?:[0-9a-fA-F:.]*[0-9a-fA-F])?',
  size: '\\d[\\d.,]*(?: ?(?:[kKMGT]i?)?(?:B|bytes)?)?',
  word: '\\S+',
  text: '.*',
};

/** Kinds whose values tell one thing from another: two names, two values. */
const DISTINCT = ['pid', 'inode'];
const PLACEHOLDER = /⟨([^⟩]*)⟩/;
export const ANY_LINES = '⟨…⟩';

/** The value of each placeholder that has been matched: `pid2` → `4711`. */
export type Values = ReadonlyMap<string, string>;

/** A line in turns: text, name of a placeholder, text, name, …, text. */
export function parts(line: string): string[] {
  return line.split(PLACEHOLDER);
}

/** The expression for a name such as `pid2`; undefined if there is no such kind. */
export function patternOf(name: string): string | undefined {
  return KINDS[/^([a-z]+)\d*$/.exec(name)?.[1] ?? ''];
}

export function placeholderProblems(line: string): string[] {
  const known = Object.keys(KINDS).join(' ');
  return parts(line)
    .filter((name, index) => index % 2 === 1 && patternOf(name) === undefined && line.trim() !== ANY_LINES)
    .map(
      (name) =>
        `There is no placeholder ⟨${name}⟩. There are: ${known}, each also with a number; ⟨…⟩ has a line of its own.`,
    );
}

/**
 * Puts the values in that were matched above: `kill ⟨pid⟩`.
 * @throws Error for a placeholder that has none yet
 */
export function substitute(command: string, values: Values): string {
  return parts(command)
    .map((part, index) => {
      if (index % 2 === 0) return part;
      const value = values.get(part);
      if (value === undefined) throw new Error(`⟨${part}⟩ has no value yet: nothing above matched it.`);
      return value;
    })
    .join('');
}

/** Two names of a kind that must not have one value, if there are any. */
export function confusion(values: Values): string | undefined {
  for (const kind of DISTINCT) {
    const seen = new Map<string, string>();
    for (const [name, value] of values) {
      if (name.replace(/\d+$/, '') !== kind) continue;
      const other = seen.get(value);
      if (other !== undefined) return `⟨${other}⟩ and ⟨${name}⟩ are both ${value}; two names stand for two values.`;
      seen.set(value, name);
    }
  }
  return undefined;
}
