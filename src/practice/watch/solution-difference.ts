/** The difference between a learner's file and the solution. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Entry } from '../../catalogue/exercises.ts';
import { harmless } from '../../grading/harmless.ts';
import type { View } from '../../markdown/terminal/render.ts';

/** As git shows it, without the names of the files. */
export function differenceLines(entry: Entry, file: string, { style }: View): string[] {
  const solution = join(entry.directory, 'solution.ts');
  const { error, stdout, stderr, status } = spawnSync(
    'git',
    ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-textconv', '--', file, solution],
    // No repository, and no settings: they could make something else of it.
    { cwd: '/', encoding: 'utf8', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' } },
  );
  if (error) return [`git is needed to show the difference. The solution is exercises/${entry.stem}/solution.ts.`];
  if (status === 0) return ['Your file is the solution, word for word.'];
  const lines = stdout.split('\n').map((line) => harmless(line));
  const begin = lines.findIndex((line) => line.startsWith('@@'));
  if (begin < 0) return [`There is nothing to compare: ${harmless(stderr.trim() || 'the file is no text')}`];
  const paint = (line: string) => (PAINTS[line[0] ?? ''] ?? String)(line);
  const PAINTS: Record<string, (line: string) => string> = { '+': style.good, '-': style.bad, '@': style.faint };
  return [style.bad('- your file'), style.good('+ the solution'), ...lines.slice(begin).map(paint)];
}
