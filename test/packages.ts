/** The packages that the tests miss on this machine, by test/packages.txt, which set-up installs from, too. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LIST = new URL('./packages.txt', import.meta.url);
/** Some users' PATH lacks these. */
const MORE = ['/usr/sbin', '/sbin'];

interface Missing {
  readonly name: string;
  /** Whether only some tests need it; they are skipped then. */
  readonly spared: boolean;
}

/** Those of a list whose program or file is not here. */
export function missingPackages(list = readFileSync(LIST, 'utf8'), path = process.env.PATH ?? ''): Missing[] {
  const folders = [...path.split(':').filter(Boolean), ...MORE];
  const isHere = (needed: string) =>
    needed.startsWith('/') ? existsSync(needed) : folders.some((folder) => existsSync(join(folder, needed)));
  return list.split('\n').flatMap((line) => {
    const [needed = '', name = '', purpose] = line.split(' ');
    if (needed === '' || needed === '#' || needed.split('|').some(isHere)) return [];
    return [{ name, spared: purpose === 'tests' }];
  });
}

/** One line on what is missing, and whether the tests can run without it; undefined if nothing is. */
export function missingLine(
  missing: readonly Missing[],
): { readonly text: string; readonly canRun: boolean } | undefined {
  if (missing.length === 0) return undefined;
  const canRun = missing.every(({ spared }) => spared);
  const effect = canRun ? 'Some tests will be skipped' : 'The tests cannot run';
  return { text: `${effect} without: sudo apt-get install ${missing.map(({ name }) => name).join(' ')}`, canRun };
}
