/** Every command with which the facilitator's guide shows the truth shows it. */
import { suite } from 'uvu';
import { readPage } from '../../src/catalogue/lessons.ts';
import { testTranscripts } from '../support/transcripts.ts';

const test = suite("the guide's transcripts");

testTranscripts(test, readPage('workshop/README.md'));

test.run();
