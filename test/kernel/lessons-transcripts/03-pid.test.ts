/** Every command of lesson 3 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('03-pid');
