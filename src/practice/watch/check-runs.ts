/** The runs of an exercise's checks, one at a time. What has failed can go on until the next one, to be looked at. */
import type { Entry } from '../../catalogue/exercises.ts';
import { DEFAULT_TIMEOUT, type Grade, gradeText } from '../../grading/grade.ts';
import { readSubmission, UnreadableSubmission } from '../../grading/submission.ts';
import { OneAtATime } from './one-at-a-time.ts';

export interface CheckRunsOptions {
  /** What is to be checked now. */
  readonly work: () => { readonly entry: Entry; readonly file: string };
  /** Whether what has failed goes on, until the next run. */
  readonly keeps: boolean;
  readonly begun: () => void;
  readonly ended: () => void;
  /** Hears every verdict once. `goesOn`: what was started still runs. */
  readonly judged: (entry: Entry, grade: Grade, goesOn: boolean) => void;
  /** Hears why the file cannot be checked. */
  readonly unreadable: (entry: Entry, reason: string) => void;
  /** Hears of what is no fault of the submission. */
  readonly failed: (error: unknown) => void;
}

export class CheckRuns {
  readonly #options: CheckRunsOptions;
  readonly #queue = new OneAtATime(() => this.#run());
  #running: AbortController | undefined;
  #letGo: () => void = () => {};

  constructor(options: CheckRunsOptions) {
    this.#options = options;
  }

  /** Asks for a run: at once, or after the one that is going on. */
  request(): void {
    this.#letGo();
    this.#queue.request();
  }

  /** Ends the run that is going on. Its verdict is not heard. */
  abort(): void {
    this.#running?.abort();
  }

  /** Ends what runs, and waits until nothing of it is left. */
  async stop(): Promise<void> {
    this.abort();
    await this.#queue.stop();
  }

  async #run(): Promise<void> {
    const { work, keeps, begun, ended, judged, unreadable, failed } = this.#options;
    const { entry, file } = work();
    const { signal } = this.#begin();
    begun();
    let told: Grade | undefined;
    const look = async (grade: Grade) => {
      // A learner who has saved again wants to know of that file.
      if (this.#queue.isAsked) return;
      told = grade;
      judged(entry, grade, true);
      await this.#keep(signal);
    };
    try {
      const grade = await gradeText(entry, readSubmission(file), {
        timeout: DEFAULT_TIMEOUT,
        signal,
        ...(keeps && { look }),
      });
      if (grade.status !== told?.status) judged(entry, grade, false);
    } catch (error) {
      if (error instanceof UnreadableSubmission) unreadable(entry, error.message);
      else if (error !== signal.reason) failed(error);
    } finally {
      this.#running = undefined;
      ended();
    }
  }

  #begin(): AbortController {
    this.#running = new AbortController();
    return this.#running;
  }

  async #keep(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#letGo = resolve;
      signal.addEventListener('abort', () => resolve());
    });
  }
}
