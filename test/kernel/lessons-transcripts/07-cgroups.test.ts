/** Every command of lesson 7 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('07-cgroups');
