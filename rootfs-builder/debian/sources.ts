/** Where this machine's own apt gets its packages. See sources.list(5). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Source {
  readonly type: string;
  readonly uri: string;
  readonly suite: string;
}

const APT = '/etc/apt';
// What both engines can download from without help.
const USABLE = /^(https?|file):\/./;
// A file that lists mirrors, a line each, with what is said of one behind a tab: apt-transport-mirror(1).
const LISTED = /^mirror\+file:\/*(\/.+)$/;

/** The sources of this machine in apt's order; none where there is no apt. */
export function machineSources(apt = APT): Source[] {
  const parts = join(apt, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [join(apt, 'sources.list'), ...names.map((name) => join(parts, name))];
  return files.filter(existsSync).flatMap((file) => {
    if (file.endsWith('.list')) return parseList(readFileSync(file, 'utf8'));
    return file.endsWith('.sources') ? parseDeb822(readFileSync(file, 'utf8')) : [];
  });
}

/** Where an engine can download; of a list of mirrors the first that it can use, or none. */
function usable(uri: string): string[] {
  const [, list] = LISTED.exec(uri) ?? [];
  if (list === undefined) return USABLE.test(uri) ? [uri] : [];
  const mirrors = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  return mirrors
    .map((line) => line.trim().split(/\s/)[0] ?? '')
    .filter((mirror) => USABLE.test(mirror))
    .slice(0, 1);
}

/** One source a line: `deb [options] uri suite component…`. */
export function parseList(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const [, type, rest = ''] = /^\s*(deb|deb-src)\s+(?:\[[^\]]*\]\s+)?(.*)$/.exec(line.replace(/#.*/, '')) ?? [];
    const [uri = '', suite = ''] = rest.trim().split(/\s+/);
    return type && suite ? usable(uri).map((mirror) => ({ type, uri: mirror, suite })) : [];
  });
}

/** Paragraphs of `Field: value` lines, each of which may have many values. See deb822(5). */
export function parseDeb822(text: string): Source[] {
  const withoutComments = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = parseFields(paragraph);
    const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (/^(no|false|without|off|disable)$/.test(fields.get('enabled') ?? '')) return [];
    return words('types').flatMap((type) =>
      words('uris')
        .flatMap(usable)
        .flatMap((uri) => words('suites').map((suite) => ({ type, uri, suite }))),
    );
  });
}

function parseFields(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  // A line that begins with a blank goes on with the field before it.
  for (const field of paragraph.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(field) ?? [];
    if (name) fields.set(name.toLowerCase(), value ?? '');
  }
  return fields;
}

/** The code name of the Debian that an os-release(5) describes; undefined for others. */
export function ownSuite(osRelease: string): string | undefined {
  const value = (name: string) => new RegExp(`^${name}=(["']?)(.*)\\1$`, 'm').exec(osRelease)?.[2];
  return value('ID') === 'debian' ? value('VERSION_CODENAME') || undefined : undefined;
}
