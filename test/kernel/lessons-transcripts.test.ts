/** Every command of every lesson does what the lesson says. */
import { suite } from 'uvu';
import { pages, readLibrary } from '../../src/catalogue/lessons.ts';
import { testTranscripts } from '../support/transcripts.ts';

const test = suite("the lessons' transcripts");

for (const page of pages(readLibrary())) testTranscripts(test, page);

test.run();
