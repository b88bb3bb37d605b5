/** Every command of lesson 0 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('00-clone');
