/** Every command of lesson 10 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('10-overlay');
