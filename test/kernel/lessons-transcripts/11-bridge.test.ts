/** Every command of lesson 11 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('11-bridge');
