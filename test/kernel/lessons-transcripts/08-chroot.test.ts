/** Every command of lesson 8 does what the lesson says. */
import { testLesson } from '../../support/transcripts.ts';

testLesson('08-chroot');
