/**
 * One run of a submission, as the grader sees it from outside: its processes,
 * and what the kernel says of them.
 */
import { statSync } from 'node:fs';
import type { Identities } from '../sandbox/identities.ts';
import type { Outcome, Sandbox } from '../sandbox/sandbox.ts';
import type { Assignment } from '../submission/assignment.ts';
import { CheckFailed, type CheckResult, type Expectation, judge } from './expectation.ts';
import { endInWords, printedLines, traceLines } from './output.ts';
import { descendants, descendsFrom, Process, runsScript } from './process.ts';

const PAUSE_MS = 10;
/** For what should happen at once. */
const PATIENCE_MS = 5000;
/** For what should not happen. */
const STILL_MS = 300;

export class Trial {
  /** The process that runs the submission: process 1 of the sandbox, and the parent of its containers. */
  readonly parent: Process;
  readonly results: CheckResult[] = [];
  readonly #sandbox: Sandbox;
  readonly #assignment: Assignment;
  readonly #image: string;

  /** `image`: where the machine has the image, if the exercise needs one. */
  constructor(sandbox: Sandbox, assignment: Assignment, image = '') {
    this.#sandbox = sandbox;
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
    await this.until(async () => judge(name, await look()).passed, patience);
    this.expect(name, await look());
  }

  /** Notes an expectation that must stay met for a while: something does not happen. */
  async expectStill(name: string, look: () => Expectation | Promise<Expectation>): Promise<void> {
    const deadline = Date.now() + STILL_MS;
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
      if (found) return found;
      if (this.#sandbox.outcome) {
        this.expect(what, { expected: 'a running program', observed: this.describeEnd(), holds: false });
      }
      await this.#pause();
    }
  }

  /** The same, if it runs now. */
  find(name = 'program'): Process | undefined {
    const script = this.#assignment.scripts[name];
    return script && this.processes().find((candidate) => runsScript(candidate, script));
  }

  /** All processes of the sandbox, the submission's own first. */
  processes(): Process[] {
    return descendants(this.#sandbox.pid);
  }

  /**
   * Lets `program`, if it is a servant, do a line of shell. What it answers is
   * no evidence: the submission may have put anything in its place. Look at what
   * it has done. @throws CheckFailed if there is no answer
   */
  async say(line: string): Promise<{ status: number; output: string }> {
    const marker = this.#assignment.scripts.program?.marker ?? '';
    const from = this.#sandbox.stdout.bytes;
    this.#sandbox.write(`${line}\n`);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const [, output = '', status] =
        new RegExp(`^([^]*?)\n?${marker} (\\d+)\n`).exec(this.#sandbox.stdout.since(from)) ?? [];
      if (status !== undefined) return { status: Number(status), output: output.trim() };
      if (this.#sandbox.outcome || Date.now() > deadline) {
        this.expect('the program does what it is told', {
          expected: `an answer to: ${line}`,
          observed: this.#sandbox.outcome ? this.describeEnd() : 'none',
          holds: false,
        });
      }
      await this.#pause();
    }
  }

  /** Sends text to the standard input, where `program` is no servant. */
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

  /** Ends the input: servants end with their status. */
  release(): void {
    this.#sandbox.endInput();
  }

  /** Sends a signal to one process, as the host can. Source: kill(2). */
  signal({ pid }: Process, name: NodeJS.Signals): void {
    // By now the number can be another process's.
    if (!descendsFrom(this.#sandbox.pid, pid)) return;
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It ended meanwhile.
    }
  }

  /**
   * Sends SIGUSR1 to a program that waits for it: a sentry ends with its status.
   * @throws CheckFailed if it never runs
   */
  async wake(name: string): Promise<void> {
    const waiting = await this.program(name);
    // A shell that has just begun has no handler yet, and the signal would end it.
    while (waiting.lives && !waiting.catches('SIGUSR1')) await this.#pause();
    this.signal(waiting, 'SIGUSR1');
  }

  /** Waits for the end of the submission. */
  ended(): Promise<Outcome> {
    return this.#sandbox.ended;
  }

  /** Releases the program and expects the submission to end with a status: its program's, if it passes that on. */
  async expectStatus(status: number): Promise<void> {
    this.release();
    const end = await this.ended();
    // What it has said as well is shown, and does no harm.
    const holds = 'status' in end && end.status === status;
    this.expect('the exit status', { expected: `exit status ${status}`, observed: this.describeEnd(), holds });
  }

  /** How the submission ended, in words. */
  describeEnd(): string {
    return endInWords(this.#sandbox);
  }

  /** The lines that it printed, without what its servant answers. */
  get printed(): string[] {
    return printedLines(this.#sandbox, this.#assignment.scripts.program);
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
