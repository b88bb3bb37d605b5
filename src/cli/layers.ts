/** `npm run layers`: what runs of step 10 have kept. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildImage } from '../../rootfs-builder/build.ts';
import { checkName, imageDirectory, shown } from '../../rootfs-builder/images.ts';
import { size } from '../../rootfs-builder/inventory.ts';
import { megabytes, minute, table } from '../../rootfs-builder/listing.ts';
import { places } from '../../rootfs-builder/place.ts';
import { command } from '../command-line/command.ts';
import { type Form, helpText } from '../command-line/options.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { changesOf } from '../layers/changes.ts';
import { recipeOf } from '../layers/commit.ts';
import { findLayer, type Layer, layerNames, RECORD, removeLayer, withLayer } from '../layers/store.ts';

const HELP = `npm run layers                        what is kept
npm run layers -- show NAME           what a layer changes: A added, C changed, D deleted
npm run layers -- rm NAME...          remove layers
npm run layers -- commit NAME IMAGE   make an image of a layer and what it lies on
npm run step 10 -- --keep NAME        keep what a container changes
npm run step 10 -- --layer NAME       run over a layer; may be given several times, the lowest first`;

const FORM: Form = {
  name: 'layers',
  help: HELP,
  words: { shown: '[WORD]...' },
  example: 'npm run layers --',
};

export const main = command(FORM, async (typed) => {
  const [first, ...rest] = typed.words;
  if (typed.wantsHelp || first === 'help') print(helpText(FORM));
  else if (first === undefined) print(await listing());
  else if (first === 'show') await show(exactly(rest, 1, 'show NAME'));
  else if (first === 'rm') await remove(rest);
  else if (first === 'commit') await commit(exactly(rest, 2, 'commit NAME IMAGE'));
  else throw new UsageError(`layers does not know ${first}. To see what there is: npm run layers -- --help`);
  return 0;
});

async function listing(): Promise<string> {
  const rows = await Promise.all(layerNames().map(row));
  if (rows.length === 0) return 'No layer is kept. To keep one: npm run step 10 -- --keep NAME';
  return table([['LAYER', 'KEPT', 'ON DISK', 'OVER', 'IN'], ...rows]).join('\n');
}

async function row(name: string): Promise<string[]> {
  try {
    const { directory, image, below } = findLayer(name);
    const bytes = await size(join(directory, 'upper'));
    const over = [image, ...below].map((path) => basename(path)).join(' + ');
    return [name, minute(statSync(join(directory, RECORD)).mtime), megabytes(bytes), over, shown(directory)];
  } catch (error) {
    return [name, '', '', '', error instanceof Error ? error.message : String(error)];
  }
}

async function show([name = '']: readonly string[]): Promise<void> {
  const layer = findLayer(name);
  requireBelow(layer);
  for (const { kind, path, opaque } of await withLayer(layer, 'shared', () => changesOf(layer))) {
    print(`${kind} ${readable(path)}${opaque ? '  (opaque: nothing below shows through)' : ''}`);
  }
}

async function remove(names: readonly string[]): Promise<void> {
  if (names.length === 0) throw new UsageError('The form is: npm run layers -- rm NAME');
  for (const name of names) {
    await removeLayer(name);
    print(`removed ${name}`);
  }
}

async function commit([name = '', image = '']: readonly string[]): Promise<void> {
  const layer = findLayer(name);
  requireBelow(layer);
  try {
    checkName(image);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}.`);
  }
  const directory = join(places()[0], image);
  if (statSync(imageDirectory(image), { throwIfNoEntry: false })) {
    const way = imageDirectory(image) === layer.image ? '' : `, or: npm run rootfs -- rm ${image}`;
    throw new UsageError(`There is an image ${image} already. Choose another name${way}.`);
  }
  await withLayer(layer, 'shared', () => buildImage(recipeOf(layer, image), directory));
  print(`Made ${shown(directory)}. To run in it: npm run step 10 -- --rootfs ${image}`);
}

/** Without what it lies on, nobody can tell what a layer changes. */
function requireBelow({ name, image, below }: Layer): void {
  const gone = [image, ...below].find((path) => !statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (gone !== undefined) throw new UsageError(`The layer ${name} lies on ${gone}, which is not there any more.`);
}

function exactly(words: readonly string[], count: number, form: string): readonly string[] {
  if (words.length !== count) throw new UsageError(`The form is: npm run layers -- ${form}`);
  return words;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A name can have bytes that would move the cursor, or are no text: as ls -b shows them. */
function readable(path: Buffer): string {
  try {
    const text = decoder.decode(path);
    if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u.test(text)) return text;
  } catch {
    // It is no UTF-8.
  }
  return [...path]
    .map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : octal(byte)))
    .join('');
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}
