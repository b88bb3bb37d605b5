/** What lesson 7 types on every machine does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('07-cgroups', 'others');
