/**
 * Text from submissions, and names that students chose, made fit to be shown: it
 * can move no cursor, begin no command of a build service, and break no document;
 * and no name stands for two.
 */

/** Characters of one field that are kept. */
export const FIELD = 2000;

/**
 * Controls, except the line feed and the tab; marks that turn the direction of
 * writing or cannot be seen; what may not stand in XML 1.0; halves of pairs.
 */
const UNFIT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are to be found
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** At the beginning of a line of its log, GitHub Actions obeys `::`; others obey `##vso[` and the like anywhere. */
const COMMANDS = [
  [/^(\s*):(?=:)/gm, '$1: '],
  [/#(?=#\w*\[)/g, '# '],
] as const;

/** The text with escapes for what is unfit, and its end cut off if it is long. */
export function harmless(text: string, most = FIELD): string {
  const some = text.length > most ? `${text.slice(0, most)}… (${text.length - most} characters more)` : text;
  const escaped = some.replaceAll('\r\n', '\n').replace(UNFIT, asEscape);
  return COMMANDS.reduce((known, [pattern, instead]) => known.replace(pattern, instead), escaped);
}

/** The same in one line. */
export function harmlessLine(text: string, most = FIELD): string {
  return harmless(text.replace(/\s+/g, ' ').trim(), most);
}

function asEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
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
