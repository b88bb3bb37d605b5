/** Every command of lesson 1 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('01-uts');
