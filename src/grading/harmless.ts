/**
 * Text from submissions, and names that students chose, made fit to be shown: it
 * can move no cursor, begin no command of a build service, and break no document;
 * and no name stands for two.
 */

/** Characters of one field that are kept. */
export const FIELD = 2000;

/** Letters of these scripts are joined or kept apart by U+200C and U+200D: without one it is another word. */
const JOINING = ['Arab', 'Syrc', 'Mong', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh']
  .map((script) => `\\p{Script_Extensions=${script}}`)
  .join('');
const JOINER = `(?<=[${JOINING}])[\\u200c\\u200d](?=[${JOINING}])`;
/** They choose how the sign before them is drawn. */
const VARIANT = '(?<=\\p{So})[\\ufe0e\\ufe0f]';

/** Controls, except the tab and the line feed; what may not stand in XML 1.0. */
const CONTROLS = [
  '[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufff9-\\ufffb\\p{Noncharacter_Code_Point}]',
  // Marks that turn the direction of all that follows.
  '[\\u202a-\\u202e\\u2066-\\u2069]',
].join('|');
/** Halves of pairs stand for bytes there: see file-names. */
const UNFIT_IN_A_TABLE = new RegExp(`${CONTROLS}|[\\t\\n]`, 'gu');
const UNFIT = new RegExp(
  `${CONTROLS}|\\p{Surrogate}|(?!${JOINER}|${VARIANT})[\\p{Default_Ignorable_Code_Point}\\u2800]`,
  'gu',
);

/** At the beginning of a line of its log, GitHub Actions obeys `::`; others obey `##vso[` and the like anywhere. */
const COMMANDS = [
  [/^(\s*):(?=:)/gm, '$1: '],
  [/#(?=#\w*\[)/g, '# '],
] as const;

/** The text with escapes for what is unfit or cannot be seen, and its end cut off if it is long. */
export function harmless(text: string, most = FIELD): string {
  const some = text.length > most ? `${text.slice(0, most)}… (${text.length - most} characters more)` : text;
  return withoutCommands(some.replaceAll('\r\n', '\n').replace(UNFIT, asEscape));
}

/** The same in one line. */
export function harmlessLine(text: string, most = FIELD): string {
  return harmless(text.replace(/\s+/g, ' ').trim(), most);
}

/** A name as it is, but for what would break a table or turn its cells around: to be compared with other tables. */
export function harmlessName(name: string): string {
  return withoutCommands(name.replace(UNFIT_IN_A_TABLE, asEscape));
}

/** Whether something in a text cannot be seen. */
export function hasUnseen(text: string): boolean {
  return text.search(UNFIT) !== -1;
}

/** The text without what cannot be seen. */
export function withoutUnseen(text: string): string {
  return text.replace(UNFIT, '');
}

function withoutCommands(text: string): string {
  return COMMANDS.reduce((known, [pattern, instead]) => known.replace(pattern, instead), text);
}

export function asEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

/** The same names in the same order, a number added to those that stood before: `a`, `a (2)`. */
export function unique(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let [candidate, number] = [name, 1];
    while (taken.has(candidate)) candidate = `${name} (${++number})`;
    taken.add(candidate);
    return candidate;
  });
}
