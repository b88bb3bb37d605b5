/** What lesson 7 types with one version of cgroups does what the lesson says: on this machine, or on one of the other version. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('07-cgroups', 'versions');
