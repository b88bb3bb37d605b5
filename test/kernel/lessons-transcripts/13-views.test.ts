/** Every command of lesson 13 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('13-views');
