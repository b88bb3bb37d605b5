/** Every command of lesson 4 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('04-mount');
