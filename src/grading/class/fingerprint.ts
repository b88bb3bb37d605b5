/** What a grade depends on, as one word: the text that was graded, and all that judged it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, top } from '../../catalogue/exercises.ts';
import type { Content } from '../submission.ts';
import { VISIBLE } from '../visible-kit.ts';

/** What a submission is run with, where it is run, and what looks at it. */
const JUDGES = [
  ...['catalogue', 'checks', 'grading', 'sandbox'].map((room) => `src/${room}`),
  // What is installed is what package-lock.json says.
  ...VISIBLE.filter((path) => path !== 'node_modules'),
  ...['rootfs-builder', 'package-lock.json'],
];
const BUILT = ['build'];
/** Of an exercise's folder: texts to read, and programs that are judged. */
const NO_CHECK = ['after.md', 'solution.ts', 'starter.ts', 'task.md', 'wrong', 'wrong.ts'];

/** Equal only for the same exercise, with the same check, the same text, and the same `judge`: see below. */
export function fingerprint({ id, directory }: Entry, content: Content, judge: string): string {
  const text = 'text' in content ? ['text', content.text] : ['problem', content.problem];
  return digest([id, judge, ...sourcesAt(directory, NO_CHECK), ...text]);
}

/** What of the kit judges, as one word: another version of it may come to another verdict. */
export function judgeOf(kit = top): string {
  return digest(JUDGES.flatMap((path) => [path, ...sourcesAt(join(kit, path), BUILT)]));
}

/** The text of a file, or the names and texts of all files below a directory. */
function sourcesAt(path: string, without: readonly string[]): (string | Buffer)[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats ? [readFileSync(path)] : [];
  const names = readdirSync(path).filter((name) => !without.includes(name));
  return names.sort().flatMap((name) => [name, ...sourcesAt(join(path, name), without)]);
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}
