/** Every command of lesson 2 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('02-ipc');
