/** An option of `npm run step` that changes one subject of the settings. */
import type { Feature } from './features.ts';

export interface SubjectOption<Subject> {
  /** As it is typed: `--memory`. Names and units are those of docker run, where docker has them. */
  readonly name: string;
  /** A short form, as docker run has it: `-v`. */
  readonly short?: string;
  /** What its value is called in the help; undefined for an option without one, which is set with ''. */
  readonly value?: string;
  /** What a step must have, so that there is something to set; without it the option is for every step. */
  readonly about?: Feature;
  readonly help: string;
  /** The subject with the value in it. @throws UsageError with the form that it wants */
  readonly set: (subject: Subject, text: string) => Subject;
}
