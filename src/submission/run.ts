/**
 * Runs a submission as a step is run. This is inside the sandbox, where the
 * submission can change anything: nothing that is said or computed here counts
 * for its grade.
 */
import { readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../../native/folders.cjs';
import { CallFailure } from '../executor/failure.ts';
import { loadLibrary } from '../executor/native.ts';
import { CheckedLab, withNamesWithin } from '../lab/checked.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { failureStatus, runStep } from '../run/run-step.ts';
import { inheritedEnvironment } from '../settings/process.ts';
import { DEFAULTS } from '../settings/settings.ts';
import { type Call, lookForMistakes } from '../syscalls/call.ts';
import { execve } from '../syscalls/processes.ts';
import { traceObserver } from '../trace/observer.ts';
import { textPrinter } from '../trace/text.ts';
import { ASSIGNMENT_FILE, type Assignment, BEGUN, type Script, TRACE } from './assignment.ts';
import { endFrom } from './end.ts';
import { explained, type Source } from './explain.ts';
import { checkImports, MistakeInLine } from './imports.ts';
import { unhurried } from './unhurried.ts';

/** Through so many calls the learner's line is found. */
const FRAMES = 50;

export async function runSubmission(): Promise<void> {
  const assignment = JSON.parse(readFileSync(ASSIGNMENT_FILE, 'utf8')) as Assignment;
  const { file, begun, settings, given, directories, scripts } = assignment;
  const source = { file, text: readFileSync(file, 'utf8'), kit: dirname(dirname(file)) };
  const { program, ...others } = scripts;
  const observer = traceObserver(textPrinter((line) => say(`${TRACE}${line}`), 0));
  const said = new Set<unknown>();
  const tell = (error: unknown) => {
    if (!said.has(error)) say(explained(error, source));
    said.add(error);
  };
  const fail = (error: unknown) => {
    tell(error);
    process.exitCode = failureStatus(error);
  };
  // What nobody waits for fails here. Nothing that is still going on can be right.
  process.on('unhandledRejection', (error) => {
    fail(error);
    process.exit();
  });
  try {
    for (const directory of directories) makeFolders(directory);
    Error.stackTraceLimit = FRAMES;
    lookForMistakes();
    loadLibrary();
    say(`${BEGUN}${begun}`);
    const run = load(source);
    const owner = newOwnerName();
    const lists = Object.fromEntries(Object.entries(others).map(([name, other]) => [name, become(other, owner)]));
    process.exitCode = await runStep({
      step: {
        has: new Set(),
        run: async (lab) => {
          const checked = new CheckedLab(lab);
          try {
            const end = await run(checked.lab, withNamesWithin('given', { ...given, ...lists }));
            for (const mistake of checked.forgotten()) tell(mistake);
            return endFrom(end, lineOfRun(source.text));
          } catch (error) {
            // Before the children are ended, since who judges may see that first. A call can have failed because of a child.
            if (!(error instanceof CallFailure)) tell(error);
            throw error;
          }
        },
      },
      owner,
      settings: { ...DEFAULTS, ...settings },
      program: program ? become(program, owner) : [],
      observer: assignment.unhurried ? unhurried(observer) : observer,
    });
  } catch (error) {
    fail(error);
  }
}

/** The function `run` that the file exports. @throws MistakeInLine that says why there is none */
function load({ file, text, kit }: Source): (...words: unknown[]) => unknown {
  checkImports(text, kit);
  const { run } = require(file);
  if (typeof run === 'function') return run;
  const isThere = /\bfunction run\b|\bconst run\b/.test(text);
  const advice = isThere ? ' Write `export` before it.' : ' It begins so: export async function run(lab, given) {';
  throw new MistakeInLine(`The file exports no function \`run\`.${advice}`, lineOfRun(text));
}

/** Where `run` is written, or else the first line. */
function lineOfRun(text: string): number {
  return text.split('\n').findIndex((line) => /\brun\b/.test(line)) + 1 || 1;
}

function become({ text, marker }: Script, owner: string): Call[] {
  return [execve('/bin/sh', ['sh', '-c', text, marker], inheritedEnvironment(owner))];
}

function say(line: string): void {
  writeSync(2, `${line}\n`);
}
