/** Reading what was typed after `npm run rootfs`. */
import { basename } from 'node:path';
import { type Form, flag, type Option, type Typed } from '../src/command-line/options.ts';
import { UsageError } from '../src/command-line/usage-error.ts';
import { ENGINES, type Engine } from './debian/engine.ts';
import type { DebianOptions } from './debian/recipe.ts';
import { checkName, isName } from './images.ts';

export type Request =
  | { readonly kind: 'list' | 'help' | 'empty-cache' }
  | { readonly kind: 'build'; readonly name: string; readonly debian: DebianOptions }
  | { readonly kind: 'tar'; readonly name: string; readonly file: string }
  | { readonly kind: 'pack'; readonly name: string; readonly file: string }
  | { readonly kind: 'rm'; readonly names: readonly string[] };

const HELP = `npm run rootfs                          what can be built, and what is built
npm run rootfs -- NAME                  build an image, anew if it is there
npm run rootfs -- debian [options]
    --suite NAME                        bookworm; by default this machine's, if it is a Debian
    --mirror URL                        by default the one of this machine's apt
    --engine debootstrap|mmdebstrap     by default debootstrap as root, mmdebstrap otherwise
    --fresh, --no-cache                 download anew
npm run rootfs -- tar FILE --name NAME  unpack a .tar, .tar.gz, .tar.xz, .tar.zst or .tar.bz2
npm run rootfs -- pack NAME FILE        write an image to such a file
npm run rootfs -- rm NAME               remove an image
npm run rootfs -- rm --cache            forget the downloads
npm run step 8 -- --rootfs NAME|DIR     run in an image`;

const SUITE: Option<string> = { name: '--suite', value: 'NAME', help: 'the release of Debian', read: suite };
const MIRROR: Option<string> = { name: '--mirror', value: 'URL', help: 'where to download from', read: mirror };
const ENGINE: Option<Engine> = { name: '--engine', value: ENGINES.join('|'), help: 'what makes it', read: engine };
const FRESH = flag('--fresh', 'download anew');
const NO_CACHE = flag('--no-cache', 'download anew');
const NAME: Option<string> = {
  name: '--name',
  value: 'NAME',
  help: "the image's name",
  read: (text) => text,
  npm: 'ignored',
};
const CACHE = flag('--cache', 'the downloads', { npm: 'ignored' });

const FOR_DEBIAN: readonly Option[] = [SUITE, MIRROR, ENGINE, FRESH, NO_CACHE];

export const FORM: Form = {
  name: 'rootfs',
  help: HELP,
  words: { shown: '[WORD]...' },
  options: [...FOR_DEBIAN, NAME, CACHE],
  example: 'npm run rootfs -- debian',
};

/** @throws UsageError for words that do not go together */
export function requestOf(typed: Typed): Request {
  const [first, ...rest] = typed.words;
  if (typed.wantsHelp || first === 'help') return { kind: 'help' };
  if (first === 'tar') {
    allow(typed, 'tar', [NAME]);
    return tarRequest(rest, typed.value(NAME));
  }
  allow(typed, first ?? 'the list', first === 'debian' ? FOR_DEBIAN : first === 'rm' ? [CACHE] : []);
  if (first === undefined) return { kind: 'list' };
  if (first === 'rm' && typed.has(CACHE) && rest.length === 0) return { kind: 'empty-cache' };
  if (first === 'rm') return { kind: 'rm', names: atLeastOne(rest).map(named) };
  if (first === 'pack') {
    const [name, file] = exactly(rest, 2, 'pack NAME FILE');
    return { kind: 'pack', name: named(name), file: file ?? '' };
  }
  exactly(rest, 0, `${first} and options`);
  return { kind: 'build', name: named(first), debian: debianOptions(typed) };
}

function tarRequest(rest: readonly string[], name: string | undefined): Request {
  const [file = ''] = exactly(rest, 1, 'tar FILE --name NAME');
  const stem = basename(file).replace(/\.(tar(\.\w+)?|tgz|txz|tzst|tbz2?)$/, '');
  return { kind: 'tar', name: name === undefined ? namedLike(stem, file) : named(name), file };
}

/** The name of an archive, where it is one for an image. @throws UsageError that proposes another */
function namedLike(stem: string, file: string): string {
  if (isName(stem)) return stem;
  const near = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  throw new UsageError(
    `${stem} is no name for an image. Give it one: npm run rootfs -- tar ${file} --name ${near || 'NAME'}`,
  );
}

function debianOptions(typed: Typed): DebianOptions {
  const [suite, mirror, engine] = [typed.value(SUITE), typed.value(MIRROR), typed.value(ENGINE)];
  return {
    ...(suite !== undefined && { suite }),
    ...(mirror !== undefined && { mirror }),
    ...(engine !== undefined && { engine }),
    fresh: typed.has(FRESH) || typed.has(NO_CACHE),
  };
}

function suite(text: string): string {
  if (!/^[a-z][a-z0-9.-]*$/.test(text)) throw new UsageError(`"${text}" is not a suite, such as bookworm`);
  return text;
}

function mirror(text: string): string {
  if (/^(https?|file):\/[^\s]+$/.test(text)) return text;
  throw new UsageError(`"${text}" is not a mirror, such as http://mirror.example/debian`);
}

function engine(text: string): Engine {
  const found = ENGINES.find((one) => one === text);
  if (!found) throw new UsageError(`--engine is ${ENGINES.join(' or ')}, not ${text}.`);
  return found;
}

function allow({ given }: Typed, what: string, allowed: readonly Option[]): void {
  const wrong = given.find(({ option }) => !allowed.includes(option));
  if (wrong) throw new UsageError(`${wrong.option.name} does not go with ${what}.`);
}

function named(word: string | undefined): string {
  try {
    checkName(word ?? '');
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.`);
  }
  return word ?? '';
}

function exactly(words: readonly string[], count: number, form: string): readonly string[] {
  if (words.length !== count) throw new UsageError(`The form is: npm run rootfs -- ${form}`);
  return words;
}

function atLeastOne(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw new UsageError('The form is: npm run rootfs -- rm NAME');
  return words;
}
