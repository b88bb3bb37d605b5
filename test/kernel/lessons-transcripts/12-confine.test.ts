/** Every command of lesson 12 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('12-confine');
