/** A small repository with lessons of its own, for tests of the lessons' machinery. */
import { fileURLToPath } from 'node:url';
import type { Page } from '../../src/catalogue/lessons.ts';

export const fixtureTop = fileURLToPath(new URL('../fixtures/lessons-kit', import.meta.url));

export function pageWith(text: string, path = 'lessons/04-sample.md'): Page {
  return { path, stem: '04-sample', title: 'A sample', text };
}
