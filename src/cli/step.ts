/** `npm run step 4`: runs a step. `npm run step`: a menu of them, and whether this machine can run them. */
import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import type { Command } from '../command-line/command.ts';
import { print, printProse } from '../command-line/output.ts';
import { select } from '../command-line/select.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Verdict } from '../doctor/verdict.ts';
import { CallFailure } from '../executor/failure.ts';
import { ProgramNotFound } from '../images/find-program.ts';
import { isolates, type Step } from '../lab/step.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { sweepOnEvidence } from '../leftovers/table.ts';
import { requireOwnProc } from '../proc/own.ts';
import { observerFor } from '../run/observer-for.ts';
import { helpText, parseOptions, refuseSwallowedOptions } from '../run/options.ts';
import { planStep } from '../run/plan-step.ts';
import { programOf } from '../run/program.ts';
import { isRootless, resolveSettings } from '../run/resolve-settings.ts';
import { failureStatus, runStep, type StepRun } from '../run/run-step.ts';
import { HOST_ROOT } from '../settings/root.ts';
import { steps } from '../steps/index.ts';

export const main: Command = async (words) => {
  if (words.length === 0) return menu();
  const [number = '', ...rest] = words;
  if (number === '--help') return showHelp();
  const chosen = steps.find((candidate) => String(candidate.number) === number);
  if (!chosen) throw new UsageError(`There is no step ${number}. Steps: 0 to ${steps.length - 1}.`);
  refuseSwallowedOptions(chosen, rest);
  const request = parseOptions(rest, chosen);
  if (request.help) return showHelp(chosen);
  requireOwnProc();
  const settings = await resolveSettings(chosen, request);
  const rootless = isRootless(request);
  const owner = newOwnerName();
  try {
    const run = {
      step: chosen,
      owner,
      settings,
      rootless,
      program: programOf({ step: chosen, settings, rootless, owner }),
      addImage: !chosen.has.has('image') && settings.root.path !== HOST_ROOT,
    };
    if (request.plan) return await printPlan(run, request.quiet);
    const say = request.quiet ? undefined : printProse;
    return await runStep({ ...run, observer: observerFor(request), say });
  } catch (error) {
    if (error instanceof ProgramNotFound) {
      printProse(`step ${chosen.number}: ${error.message}`);
      return error.status;
    }
    const failure = error instanceof AggregateError ? error.cause : error;
    if (!(failure instanceof CallFailure)) throw error;
    printProse(`step ${chosen.number}, ${(error as Error).message}`);
    return failureStatus(failure);
  } finally {
    // What an earlier run has left is no reason for this one to fail.
    if (!request.plan) await sweepOnEvidence().catch(() => []);
  }
};

async function printPlan(run: StepRun, quiet: boolean): Promise<number> {
  const lines = await planStep(run);
  if (!quiet) printProse('None of this is done. Numbers of processes and descriptors are examples.');
  for (const line of lines) print(line);
  return 0;
}

function showHelp(step?: Step): number {
  print(helpText(step));
  return 0;
}

interface Entry {
  readonly number: number;
  readonly line: string;
  readonly hint: string;
  readonly runs: boolean;
}

async function menu(): Promise<number> {
  // Loaded late: only the menu needs the doctor, which knows many modules.
  const { verdictFor }: typeof import('../doctor/examine.ts') = createRequire(import.meta.url)('../doctor/examine.ts');
  const entries: Entry[] = [];
  for (const step of steps) entries.push(entryOf(step, await verdictFor(step)));
  if (!isatty(0) || !isatty(1)) {
    for (const { line, hint, runs } of entries) print(`${runs ? '✓' : '✗'} ${line}${hint ? `  (${hint})` : ''}`);
    return 0;
  }
  const chosen = await choose(entries);
  if (chosen === undefined) return 0;
  const needsNothing = steps.some((step) => step.number === chosen && !isolates(step));
  const rootless = process.geteuid?.() === 0 || needsNothing ? [] : ['--rootless'];
  return main([String(chosen), ...rootless]);
}

function entryOf({ number, title }: Step, verdict: Verdict): Entry {
  const line = `${number}  ${title}`;
  if (verdict.ok) return { number, line, hint: verdict.notes.join(' '), runs: true };
  return { number, line, hint: `not here: ${verdict.cause} ${verdict.remedy}`, runs: false };
}

/** Lets the learner choose with the arrow keys; undefined if the menu was cancelled. */
async function choose(entries: readonly Entry[]): Promise<number | undefined> {
  const choices = entries.map(({ number, line, hint, runs }) => ({
    name: String(number),
    message: line,
    hint,
    disabled: runs ? false : hint,
  }));
  const name = await select('Which step?', choices);
  return name === undefined ? undefined : Number(name);
}
