/** Everything about the lessons that can be checked without running their transcripts. */

import { type Lesson, type Library, type Page, pages } from '../../catalogue/lessons.ts';
import { steps } from '../../steps/index.ts';
import type { Finding } from '../finding.ts';
import { checkCode, checkRegions, checkUnused } from './code.ts';
import { checkDescriptors } from './descriptors.ts';
import { checkForm } from './form.ts';
import { checkLabels } from './labels.ts';
import { checkLinks } from './links.ts';
import { checkMachines } from './machines.ts';
import { checkPictures } from './pictures.ts';
import { checkPromises } from './promises.ts';
import { checkTerms } from './terms.ts';
import { checkTyping } from './typing.ts';

export function checkPage(page: Page, top: string): Finding[] {
  return [
    ...checkForm(page),
    ...checkCode(page, top),
    ...checkLinks(page, top),
    ...checkPictures(page, top),
    ...checkTyping(page),
    ...checkMachines(page),
    ...checkDescriptors(page),
    ...checkPromises(page),
  ].sort((a, b) => a.line - b.line);
}

/** What makes a page a lesson, and its words, which depend on the lessons before it. */
export function checkTeaching(lesson: Lesson, library: Library): Finding[] {
  return [...checkLabels(lesson), ...checkTerms(library).filter(({ path }) => path === lesson.path)];
}

/** All pages, the code that they show, and that they are complete. */
export function checkLibrary(library: Library): Finding[] {
  return [
    ...pages(library).flatMap((page) => checkPage(page, library.top)),
    ...library.lessons.flatMap(checkLabels),
    ...checkTerms(library),
    ...checkRegions(library),
    ...checkUnused(library),
    ...checkComplete(library),
  ];
}

/** Every step has its lesson, with the same stem, and there are a map and a glossary. */
function checkComplete({ index, lessons, glossary }: Library): Finding[] {
  const stems = steps.map(({ number, name }) => `${String(number).padStart(2, '0')}-${name}`);
  const wanted = ['README', ...stems, 'glossary'];
  const present = [index, ...lessons, glossary].map((page) => page?.stem);
  return wanted
    .filter((stem) => !present.includes(stem))
    .map((stem) => ({ path: `lessons/${stem}.md`, line: 1, message: 'This page is missing.' }));
}
