/**
 * Runs a submission as a step is run. This is inside the sandbox, where the
 * submission can change anything: nothing that is said or computed here counts
 * for its grade.
 */
import { readFileSync, writeSync } from 'node:fs';
import { makeFolders } from '../../native/folders.cjs';
import { loadLibrary } from '../executor/native.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { failureStatus, runStep } from '../run/run-step.ts';
import { inheritedEnvironment } from '../settings/process.ts';
import { DEFAULTS } from '../settings/settings.ts';
import type { Call } from '../syscalls/call.ts';
import { execve } from '../syscalls/processes.ts';
import { traceObserver } from '../trace/observer.ts';
import { textPrinter } from '../trace/text.ts';
import { ASSIGNMENT_FILE, type Assignment, BEGUN, type Script, TRACE } from './assignment.ts';
import { unhurried } from './unhurried.ts';

export async function runSubmission(): Promise<void> {
  const text = readFileSync(ASSIGNMENT_FILE, 'utf8');
  const assignment = JSON.parse(text) as Assignment;
  const { file, begun, settings, given, directories, scripts } = assignment;
  const { program, ...others } = scripts;
  const observer = traceObserver(textPrinter((line) => say(`${TRACE}${line}`), 0));
  try {
    for (const directory of directories) makeFolders(directory);
    loadLibrary();
    say(`${BEGUN}${begun}`);
    const submission = require(file);
    if (typeof submission.run !== 'function') throw new Error('The file exports no function `run`.');
    const owner = newOwnerName();
    const lists = Object.entries(others).map(([name, other]) => [name, become(other, owner)]);
    const all = { ...given, ...Object.fromEntries(lists) };
    process.exitCode = await runStep({
      step: { has: new Set(), run: (lab) => submission.run(lab, all) },
      owner,
      settings: { ...DEFAULTS, ...settings },
      program: program ? become(program, owner) : [],
      observer: assignment.unhurried ? unhurried(observer) : observer,
    });
  } catch (error) {
    say(error instanceof Error ? (isKits(error) ? error.message : (error.stack ?? error.message)) : String(error));
    process.exitCode = failureStatus(error);
  }
}

/** The kit's own errors say all. Of others the stack says where they come from. */
function isKits(error: Error): boolean {
  return error.name === 'CallFailure';
}

function become({ text, marker }: Script, owner: string): Call[] {
  return [execve('/bin/sh', ['sh', '-c', text, marker], inheritedEnvironment(owner))];
}

function say(line: string): void {
  writeSync(2, `${line}\n`);
}
