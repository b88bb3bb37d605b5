/** Every command of lesson 5 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('05-user');
