/** Every command of lesson 6 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('06-net');
