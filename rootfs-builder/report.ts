/** The answer to `npm run rootfs`, as text. */
import { shown } from './images.ts';
import type { Built } from './inventory.ts';
import type { Recipe } from './recipe.ts';

export const HELP = `npm run rootfs                          what can be built, and what is built
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

interface Cache {
  readonly count: number;
  readonly bytes: number;
}

/** Recipes, images and the cache. */
export function report(recipes: readonly Recipe[], built: readonly Built[], { count, bytes }: Cache): string {
  const known = [
    ...recipes.map(({ name, title, takes }) => [name, `${title} (${takes})`]),
    ['tar FILE', 'an image made elsewhere: docker export, LXC, a distribution, pack'],
  ];
  const images = built.map(({ name, date, apparent, onDisk, directory }) => {
    return [name, minute(date), megabytes(apparent), megabytes(onDisk), shown(directory)];
  });
  return [
    'Recipes (npm run rootfs -- NAME, or --help):',
    ...table(known),
    '',
    ...(images.length === 0
      ? ['No image is built.']
      : table([['IMAGE', 'BUILT', 'FILES', 'ON DISK', 'IN'], ...images])),
    ...(count > 0
      ? ['', `Kept to build from again: ${count} of debian, ${megabytes(bytes)} (rm --cache removes it).`]
      : []),
  ].join('\n');
}

/** Bytes, in units of a million as df -H and shops have them. */
export function megabytes(bytes: number): string {
  const millions = bytes / 1e6;
  return `${millions < 10 ? millions.toFixed(1) : Math.round(millions)} MB`;
}

function minute(date: Date): string {
  const pad = (number: number) => String(number).padStart(2, '0');
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
