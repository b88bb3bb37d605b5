/**
 * One run of a submission, as the grader sees it from outside: its processes,
 * and what the kernel says of them.
 */
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import type { Identities } from '../sandbox/identities.ts';
import type { Outcome, Sandbox } from '../sandbox/sandbox.ts';
import type { Assignment } from '../submission/assignment.ts';
import { DIGITS, FIRST_DIGIT, LEAST_STATUS, MOST_STATUS, SECOND_DIGIT, whole } from './draw.ts';
import { CheckFailed, type CheckResult, type Expectation, judge } from './expectation.ts';
import { type Ground, stillThere } from './ground.ts';
import type { Beginning, History } from './history.ts';
import { endInWords, printedLines, traceLines } from './output.ts';
import { descendants, descendsFrom, Process, runsScript } from './process.ts';

/** What a script is for. */
const SHELL = '/bin/sh';
const PAUSE_MS = 10;
/** For what should happen at once. */
const PATIENCE_MS = 5000;
/** For what should not happen. */
const STILL_MS = 300;

export class Trial {
  /**
   * The process that runs the submission: process 1 of the sandbox, and the parent
   * of its containers. It is the submission's: never measure by it.
   */
  readonly parent: Process;
  /** The sandbox as it was before the submission began: the measure for what is outside of a container. */
  readonly ground: Ground;
  /** What its processes have done; undefined where the kernel does not tell of it. */
  readonly history: History | undefined;
  readonly results: CheckResult[] = [];
  readonly #sandbox: Sandbox;
  readonly #assignment: Assignment;
  readonly #image: string;

  /** `image`: where the machine has the image, if the exercise needs one. */
  constructor(sandbox: Sandbox, ground: Ground, history: History, assignment: Assignment, image = '') {
    this.#sandbox = sandbox;
    this.ground = ground;
    this.history = sandbox.hears ? history : undefined;
    this.#assignment = assignment;
    this.#image = image;
    this.parent = new Process(sandbox.pid);
  }

  /** Notes an expectation. @throws CheckFailed if it is not met */
  expect(name: string, expectation: Expectation): void {
    let result = judge(name, expectation);
    // A look can fail because the sandbox is being stopped. Then that is the reason.
    if (!result.passed && this.#sandbox.stopped) result = judge(name, { ...expectation, observed: this.describeEnd() });
    this.results.push(result);
    if (!result.passed) throw new CheckFailed(result);
  }

  /** Notes an expectation. Repeats the look until it is met or the patience is over. */
  async expectSoon(
    name: string,
    look: () => Expectation | Promise<Expectation>,
    patience = PATIENCE_MS,
  ): Promise<void> {
    let last = await look();
    const isMet = () => judge(name, last).passed;
    await this.until(async () => {
      if (!isMet()) last = await look();
      return isMet();
    }, patience);
    this.expect(name, last);
  }

  /** Notes an expectation that must stay met for a while: something does not happen. */
  async expectStill(
    name: string,
    look: () => Expectation | Promise<Expectation>,
    milliseconds = STILL_MS,
  ): Promise<void> {
    const deadline = Date.now() + milliseconds;
    let last = await look();
    while (judge(name, last).passed && Date.now() < deadline) {
      await this.#pause();
      last = await look();
    }
    this.expect(name, last);
  }

  /** Waits until something holds, or the submission has ended, or the patience is over. */
  async until(holds: () => boolean | Promise<boolean>, patience = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + patience;
    while (!(await holds()) && Date.now() < deadline && !this.#sandbox.outcome) await this.#pause();
  }

  /** The process of a container's program, once it runs. @throws CheckFailed if it never does */
  async program(name = 'program'): Promise<Process> {
    const what = name === 'program' ? 'the program runs' : `the program \`${name}\` runs`;
    for (;;) {
      const found = this.find(name);
      if (found) {
        this.#expectShell(what, found);
        return found;
      }
      if (this.#sandbox.outcome) {
        this.expect(what, { expected: 'a running program', observed: this.describeEnd(), holds: false });
      }
      await this.#pause();
    }
  }

  /** Any program can give itself the words of another. */
  #expectShell(what: string, found: Process): void {
    if (found.runsCopyOf(SHELL)) return;
    const expected = `it does, as ${SHELL}`;
    this.expect(what, { expected, observed: 'another program has its words', command: `ls -l /proc/${found.pid}/exe` });
  }

  /** The same, if it runs now; where the kernel tells of calls, only a program that has been seen to begin. */
  find(name = 'program'): Process | undefined {
    const script = this.#assignment.scripts[name];
    return script && this.processes().find((candidate) => runsScript(candidate, script) && this.#hasBegun(candidate));
  }

  /** A shell that a program has forked looks like it until it becomes another, and can outlive it. */
  #hasBegun(candidate: Process): boolean {
    return this.history === undefined || this.history.beginningOf(candidate) !== undefined;
  }

  /**
   * The process of a program as it was when the program began: what has been mended
   * since then is not in it. Where the kernel does not tell, it is undefined.
   * @throws CheckFailed if it has become another program since
   */
  beginningOf(program: Process): Beginning | undefined {
    if (!this.history) return undefined;
    const found = this.history.beginningOf(program);
    if (!found)
      this.expect('the program', { expected: 'it still runs', observed: 'another program has taken its place' });
    return found;
  }

  /** All processes of the sandbox, the submission's own first. */
  processes(): Process[] {
    return descendants(this.#sandbox.pid);
  }

  /** Sends text to the standard input. */
  send(text: string): void {
    this.#sandbox.write(text);
  }

  /** Who the users of the sandbox are outside. */
  get identities(): Identities {
    return this.#sandbox.identities;
  }

  /** The sandbox's own cgroups, from which it can make others. */
  get cgroups(): readonly string[] {
    return this.#sandbox.cgroups;
  }

  /** `DEVICE:INODE` of the image's top, to compare with a process's directories. */
  get image(): string {
    const { dev, ino } = statSync(this.#image, { bigint: true });
    return `${dev}:${ino}`;
  }

  /** Where the machine has the image. */
  get imagePath(): string {
    return this.#image;
  }

  /** Sends a signal to one process, as the host can. Source: kill(2). */
  signal({ pid }: Process, name: NodeJS.Signals | number): void {
    // By now the number can be another process's.
    if (!descendsFrom(this.#sandbox.pid, pid)) return;
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It ended meanwhile.
    }
  }

  /** Sends SIGUSR1 to a sentry, which does then what it has for that. @throws CheckFailed if it never runs */
  async wake(name = 'program'): Promise<void> {
    await this.#send(await this.program(name), constants.signals.SIGUSR1);
  }

  /**
   * Tells a sentry a status that nobody could know before, of at most `most`.
   * Returns it. @throws CheckFailed if it never runs
   */
  async tell(name = 'program', most = MOST_STATUS): Promise<number> {
    const sentry = await this.program(name);
    const digits = whole(0, most - LEAST_STATUS);
    await this.#send(sentry, FIRST_DIGIT + Math.floor(digits / DIGITS));
    await this.#send(sentry, SECOND_DIGIT + (digits % DIGITS));
    return LEAST_STATUS + digits;
  }

  /** Sends a signal once there is a handler for it: to a shell that has just begun, it would be the end. */
  async #send(sentry: Process, signal: number): Promise<void> {
    while (sentry.lives && !sentry.catches(signal)) await this.#pause();
    this.signal(sentry, signal);
  }

  /** Waits for the end of the submission. */
  ended(): Promise<Outcome> {
    return this.#sandbox.ended;
  }

  /** Ends the program, and expects the submission to end as it does, from where the submission was put. */
  async expectStatus(): Promise<void> {
    this.expect("the submission's own process", stillThere(this));
    this.expectEnd(await this.tell(), await this.ended());
  }

  /** Expects that the submission has ended with a status. */
  expectEnd(status: number, end: Outcome): void {
    // What it has said as well is shown, and does no harm.
    const holds = 'status' in end && end.status === status;
    this.expect('the exit status', { expected: `exit status ${status}`, observed: this.describeEnd(), holds });
  }

  /** How the submission ended, in words. */
  describeEnd(): string {
    return endInWords(this.#sandbox);
  }

  /** The lines that it printed. */
  get printed(): string[] {
    return printedLines(this.#sandbox);
  }

  /** The system calls that it made, as far as they are known. */
  get trace(): string[] {
    return traceLines(this.#sandbox);
  }

  /** @throws CallFailure if the sandbox itself could not be finished */
  async #pause(): Promise<void> {
    if (this.#sandbox.failed) await this.#sandbox.ended;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
