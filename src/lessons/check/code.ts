/** Code in lessons equals the code it names, and every region of a step is shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Library, type Page, pages } from '../../catalogue/lessons.ts';
import { fences } from '../../markdown/fences.ts';
import { parse } from '../../markdown/parse.ts';
import type { Finding } from '../finding.ts';
import { codeFor, findRegions } from '../shown-code.ts';

const STEPS = 'src/steps';

export function checkCode({ path, text }: Page, top: string): Finding[] {
  return fences(parse(text)).flatMap((fence): Finding[] => {
    if (fence.file === undefined) return [];
    const found = codeFor(fence, top);
    if ('problem' in found) return [{ path, line: fence.line, message: found.problem }];
    if (found.code === fence.content.trimEnd()) return [];
    const source = fence.region ? `region ${fence.region} of ${fence.file}` : fence.file;
    return [{ path, line: fence.line, message: `This is not what ${source} says now. Run: npm run lessons:sync` }];
  });
}

/** Regions with something wrong, in the steps and in whatever else the lessons show. */
export function checkRegions(library: Library): Finding[] {
  const shown = shownFences(library).map(({ file = '' }) => file);
  return [...new Set([...stepFiles(library.top), ...shown])].flatMap((path) => {
    const source = read(join(library.top, path));
    return findRegions(source).problems.map((problem) => ({ path, ...problem }));
  });
}

/** Regions of a step that no lesson shows. */
export function checkUnused(library: Library): Finding[] {
  const shown = new Set(shownFences(library).map(({ file, region }) => `${file}#${region}`));
  return stepFiles(library.top).flatMap((path) =>
    findRegions(read(join(library.top, path)))
      .regions.filter(({ name }) => !shown.has(`${path}#${name}`))
      .map(({ name, line }) => ({
        path,
        line,
        message: `No lesson shows the region ${name}. Show it with \`\`\`ts file=${path}#${name}, or take its markers out.`,
      })),
  );
}

function shownFences(library: Library) {
  return pages(library).flatMap(({ text }) => fences(parse(text)).filter(({ file }) => file !== undefined));
}

function stepFiles(top: string): string[] {
  try {
    return readdirSync(join(top, STEPS)).map((name) => `${STEPS}/${name}`);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // checkCode says so where it is shown
  }
}
