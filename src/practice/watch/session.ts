/** Watching over an exercise: the checks run at every save, and keys help on. */
import wrapAnsi from 'wrap-ansi';
import type { Entry } from '../../catalogue/exercises.ts';
import { DEFAULT_TIMEOUT, type Grade, gradeText } from '../../grading/grade.ts';
import { readSubmission, UnreadableSubmission } from '../../grading/submission-file.ts';
import type { View } from '../../markdown/terminal/render.ts';
import { nextExercise } from '../choose.ts';
import { differenceLines } from '../difference.ts';
import { Hints } from '../hints.ts';
import { taskText } from '../pages.ts';
import type { Marks } from '../progress-notes.ts';
import type { Workspace } from '../workspace.ts';
import { hintLine, keysLine, listLines, openingLines, type Scene, verdictLines } from './answers.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { Saves } from './saves.ts';
import type { Screen } from './screen.ts';

export interface SessionOptions {
  readonly entries: readonly Entry[];
  readonly workspace: Workspace;
  readonly marks: Marks;
  readonly screen: Screen;
  /** Whether there are keys to press. */
  readonly hasKeys: boolean;
  /** As the terminal is now. */
  readonly view: () => View;
}

const KEPT = 'What you started still runs, until the next check: look at it from a second terminal.';
const CTRL_C = '\x03';
const CTRL_D = '\x04';

export class Session {
  readonly #options: SessionOptions;
  readonly #checks = new OneAtATime(() => this.#check());
  #entry: Entry;
  #hints: Hints;
  #saves: Saves | undefined;
  #grade: Grade | undefined;
  #running: AbortController | undefined;
  /** Ends what has failed and was kept to be looked at. */
  #letGo: () => void = () => {};
  /** What waits for a `y`. */
  #toConfirm: (() => void) | undefined;
  #hasQuit = false;
  #end: () => void = () => {};
  /** What neither the learner nor their file has to do with. */
  #failure: unknown;
  /** Resolves when the learner has quit, or when something has failed: `stop` says what. */
  readonly over = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(first: Entry, options: SessionOptions) {
    this.#options = options;
    this.#entry = first;
    this.#hints = new Hints(first.hints);
  }

  start(): void {
    if (!this.#options.hasKeys) this.#say('This is no terminal: no keys, and the checks run at every save.');
    this.#open(this.#entry);
  }

  quit(): void {
    this.#hasQuit = true;
    this.#end();
  }

  /** Ends what runs. Nothing of it is left afterwards. @throws what has failed, if that is not the submission's fault */
  async stop(): Promise<void> {
    this.#saves?.close();
    this.#running?.abort();
    await this.#checks.stop();
    this.#options.screen.setFooter('');
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#end();
  }

  press(key: string): void {
    if (this.#hasQuit) return; // It was typed for whoever has the terminal next.
    const confirmed = this.#toConfirm;
    this.#toConfirm = undefined;
    if (key === CTRL_C || key === CTRL_D) this.quit();
    else if (!confirmed) this.#actions[key]?.();
    else if (key === 'y' || key === 'd') confirmed();
    else this.#say('Then not.');
  }

  readonly #actions: Readonly<Partial<Record<string, () => void>>> = {
    h: () => this.#tell(hintLine(this.#hints, this.#grade, this.#options.view())),
    d: () => this.#askForDifference(),
    r: () => this.#reset(),
    n: () => this.#next(),
    t: () => this.#say(taskText(this.#entry, this.#options.view())),
    l: () => this.#say(...listLines(this.#entry, this.#scene)),
    q: () => this.quit(),
    '\r': () => this.#request(),
  };

  #open(entry: Entry): void {
    const { workspace, marks } = this.#options;
    this.#saves?.close();
    this.#running?.abort();
    this.#entry = entry;
    this.#hints = new Hints(entry.hints);
    this.#grade = undefined;
    const isNew = workspace.prepare(entry);
    this.#saves = new Saves(workspace.fileOf(entry), () => this.#request());
    marks.opened(entry);
    this.#say(...openingLines(entry, workspace.shown(entry), isNew, this.#scene));
    this.#drawKeys();
    if (!isNew) this.#request();
  }

  async #check(): Promise<void> {
    const entry = this.#entry;
    const { workspace } = this.#options;
    const running = new AbortController();
    this.#running = running;
    this.#drawKeys('Checking … ');
    let kept: Grade | undefined;
    const keep = async (failed: Grade) => {
      // Who has saved again wants to know of that file.
      if (this.#checks.isAsked) return;
      kept = failed;
      await this.#keep(entry, failed, running.signal);
    };
    try {
      const text = readSubmission(workspace.fileOf(entry));
      const grade = await gradeText(entry, text, {
        timeout: DEFAULT_TIMEOUT,
        signal: running.signal,
        ...(this.#options.hasKeys && { look: keep }),
      });
      // What was kept to be looked at has been said already.
      if (grade.status !== kept?.status) this.#judge(entry, grade);
    } catch (error) {
      if (error instanceof UnreadableSubmission) this.#tell(`${workspace.shown(entry)}: ${error.message}`);
      else if (error !== running.signal.reason) this.#fail(error);
    } finally {
      this.#running = undefined;
      this.#drawKeys();
    }
  }

  #request(): void {
    this.#letGo();
    this.#checks.request();
  }

  /** What has failed goes on until the checks run again: a command with its pid shows it meanwhile. */
  async #keep(entry: Entry, failed: Grade, signal: AbortSignal): Promise<void> {
    this.#judge(entry, failed, KEPT);
    this.#drawKeys();
    await new Promise<void>((resolve) => {
      this.#letGo = resolve;
      signal.addEventListener('abort', () => resolve());
    });
  }

  #judge(entry: Entry, grade: Grade, ...more: string[]): void {
    this.#grade = grade;
    if (grade.status === 'passed') this.#options.marks.passed(entry);
    this.#say(...verdictLines(entry, grade, this.#scene), ...more);
  }

  #askForDifference(): void {
    const { workspace, view } = this.#options;
    const show = () => this.#say(...differenceLines(this.#entry, workspace.fileOf(this.#entry), view()));
    if (this.#scene.progress.exercises[this.#entry.id]?.passed !== undefined) show();
    else {
      this.#toConfirm = show;
      this.#tell('This shows the solution, and you have not passed yet. Show it? y or d is yes, any other key no.');
    }
  }

  /** The checks run again by themselves: it is a save. */
  #reset(): void {
    const { workspace } = this.#options;
    const copy = workspace.reset(this.#entry);
    this.#hints = new Hints(this.#entry.hints);
    const kept = copy === undefined ? '' : ` What you had is kept in ${copy}.`;
    this.#tell(`${workspace.shown(this.#entry)} is the starter again.${kept}`);
  }

  #next(): void {
    const next = nextExercise(this.#entry, this.#options.entries, this.#scene.progress);
    if (next) this.#open(next);
    else this.#say('There is no other that you have not passed.');
  }

  get #scene(): Scene {
    const { entries, marks, view, hasKeys } = this.#options;
    return { entries, progress: marks.progress(), view: view(), hasKeys };
  }

  #say(...lines: string[]): void {
    this.#options.screen.print(lines);
  }

  /** A sentence, broken between words. */
  #tell(sentence: string): void {
    this.#say(wrapAnsi(sentence, this.#options.view().width));
  }

  #drawKeys(state = ''): void {
    if (!this.#options.hasKeys) return;
    const { width, style } = this.#options.view();
    this.#options.screen.setFooter(`${state}${style.faint(keysLine(width - state.length))}`);
  }
}
