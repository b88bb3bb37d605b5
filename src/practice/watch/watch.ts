/** Watching an exercise: the checks run at every save, and keys help. */
import wrapAnsi from 'wrap-ansi';
import type { Entry } from '../../catalogue/exercises.ts';
import type { Grade } from '../../grading/grade.ts';
import { unmetHere } from '../../grading/needs.ts';
import type { View } from '../../markdown/terminal/render.ts';
import { onward } from '../choose.ts';
import { skippedLines, taskText } from '../exercise-text.ts';
import type { ProgressNotes } from '../progress-notes.ts';
import type { Workspace } from '../workspace.ts';
import { keysLine, listLines, openingLines, type Scene, verdictLines } from './answers.ts';
import { CheckRuns } from './check-runs.ts';
import { Hints, hintLine } from './hints.ts';
import { Saves } from './saves.ts';
import type { Screen } from './screen.ts';
import { differenceLines } from './solution-difference.ts';

export interface WatchOptions {
  readonly entries: readonly Entry[];
  readonly workspace: Workspace;
  readonly notes: ProgressNotes;
  readonly screen: Screen;
  /** Whether there are keys to press. */
  readonly hasKeys: boolean;
  /** As the terminal is now. */
  readonly view: () => View;
}

const KEPT = 'What you started still runs, until the next check: look at it from a second terminal.';
const CTRL_C = '\x03';
const CTRL_D = '\x04';

export class Watch {
  readonly #options: WatchOptions;
  readonly #checks: CheckRuns;
  #entry: Entry;
  #hints: Hints;
  #saves: Saves | undefined;
  #grade: Grade | undefined;
  /** What waits for a `y`. */
  #toConfirm: (() => void) | undefined;
  #hasQuit = false;
  #end: () => void = () => {};
  /** What has failed, and is no fault of the learner's file. */
  #failure: unknown;
  /** Resolves when the learner has quit, or when something has failed: `stop` says what. */
  readonly over = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(first: Entry, options: WatchOptions) {
    this.#options = options;
    this.#entry = first;
    this.#hints = new Hints(first.hints);
    this.#checks = new CheckRuns({
      work: () => ({ entry: this.#entry, file: options.workspace.fileOf(this.#entry) }),
      keeps: options.hasKeys,
      begun: () => this.drawKeys('Checking … '),
      ended: () => this.drawKeys(),
      judged: (entry, grade, goesOn) => this.#judge(entry, grade, goesOn),
      unreadable: (entry, reason) => this.#tell(`${options.workspace.shown(entry)}: ${reason}`),
      failed: (error) => this.#fail(error),
    });
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
    await this.#checks.stop();
    this.#options.screen.setFooter('');
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#end();
  }

  press(typed: string): void {
    if (this.#hasQuit) return; // It was typed for the shell.
    const key = typed.toLowerCase();
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
    '\r': () => this.#checks.request(),
  };

  #open(entry: Entry): void {
    const { workspace, notes } = this.#options;
    this.#saves?.close();
    this.#checks.abort();
    this.#entry = entry;
    this.#hints = new Hints(entry.hints);
    this.#grade = undefined;
    const isNew = workspace.prepare(entry);
    this.#saves = new Saves(workspace.fileOf(entry), () => this.#checks.request());
    notes.opened(entry);
    this.#say(...openingLines(entry, workspace.shown(entry), isNew, this.#scene));
    if (unmetHere(entry)) for (const line of skippedLines([entry])) this.#tell(line);
    this.drawKeys();
    if (!isNew) this.#checks.request();
  }

  #judge(entry: Entry, grade: Grade, goesOn: boolean): void {
    this.#grade = grade;
    if (grade.status === 'passed') this.#options.notes.passed(entry);
    this.#say(...verdictLines(entry, grade, this.#scene));
    if (goesOn) this.#tell(KEPT);
    // Those who look at what goes on need the keys.
    if (goesOn) this.drawKeys();
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
    const { next, skipped } = onward(this.#entry, this.#options.entries, this.#scene.progress);
    if (next) this.#open(next);
    for (const line of skippedLines(skipped)) this.#tell(line);
    if (!next && skipped.length === 0) this.#say('There is no other that you have not passed.');
  }

  get #scene(): Scene {
    const { entries, notes, view, hasKeys } = this.#options;
    return { entries, progress: notes.progress(), view: view(), hasKeys };
  }

  #say(...lines: string[]): void {
    this.#options.screen.print(lines);
  }

  /** A sentence, broken between words. */
  #tell(sentence: string): void {
    this.#say(wrapAnsi(sentence, this.#options.view().width));
  }

  /** Draws the line of keys again, such as after the terminal was somebody else's. */
  drawKeys(state = ''): void {
    if (!this.#options.hasKeys) return;
    const { width, style } = this.#options.view();
    this.#options.screen.setFooter(`${state}${style.faint(keysLine(width - state.length))}`);
  }
}
