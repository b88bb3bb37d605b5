/** Every command of lesson 9 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('09-pivot');
