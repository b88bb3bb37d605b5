/** Everything about the lessons that can be checked without running their transcripts. */

import { type Library, type Page, pages } from '../../catalogue/lessons.ts';
import { steps } from '../../steps/index.ts';
import type { Finding } from '../finding.ts';
import { checkCode, checkRegions, checkUnused } from './code.ts';
import { checkForm } from './form.ts';
import { checkLinks } from './links.ts';

export function checkPage(page: Page, top: string): Finding[] {
  return [...checkForm(page), ...checkCode(page, top), ...checkLinks(page, top)].sort((a, b) => a.line - b.line);
}

/** All pages, the code that they show, and that they are complete. */
export function checkLibrary(library: Library): Finding[] {
  return [
    ...pages(library).flatMap((page) => checkPage(page, library.top)),
    ...checkRegions(library),
    ...checkUnused(library),
    ...checkComplete(library),
  ];
}

/** Every step has its lesson, with the same stem, and there is a map. */
function checkComplete({ index, lessons }: Library): Finding[] {
  const wanted = ['README', ...steps.map(({ number, name }) => `${String(number).padStart(2, '0')}-${name}`)];
  const present = [index, ...lessons].map((page) => page?.stem);
  return wanted
    .filter((stem) => !present.includes(stem))
    .map((stem) => ({ path: `lessons/${stem}.md`, line: 1, message: 'This page is missing.' }));
}
