/** The list of `npm run rootfs`, as text. */
import { shown } from './images.ts';
import type { Built } from './inventory.ts';
import type { Recipe } from './recipe.ts';

interface Cache {
  readonly count: number;
  readonly bytes: number;
}

/** Recipes, images and the cache. */
export function listing(recipes: readonly Recipe[], built: readonly Built[], { count, bytes }: Cache): string {
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

/** As people write a time: `2026-01-31 09:05`. */
export function minute(date: Date): string {
  const pad = (number: number) => String(number).padStart(2, '0');
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** Lines of cells, in columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
