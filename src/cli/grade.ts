/** `npm run grade`: grades the workspace, others' work, or a class. */

import { catalogue } from '../catalogue/exercises.ts';
import { colourLevel } from '../command-line/colour.ts';
import { command } from '../command-line/command.ts';
import { interruptible } from '../command-line/interruption.ts';
import { print, printError } from '../command-line/output.ts';
import { gradeClass } from '../grading/class/grade-class.ts';
import { toJson } from '../grading/emitters/json.ts';
import { toTap } from '../grading/emitters/tap.ts';
import { toText } from '../grading/emitters/text.ts';
import { gradeWork } from '../grading/grade-work.ts';
import { allJudged, allPassed, type Report } from '../grading/report.ts';
import { FORM, type Request, requestOf } from '../grading/request.ts';
import { sweepOnEvidence } from '../leftovers/table.ts';
import { noteProgress } from '../practice/progress-notes.ts';
import { requireOwnProc } from '../proc/own.ts';

/** Returns 0 if all have passed, and 1 if not. @throws UsageError with nothing started */
export const main = command(FORM, async (typed) => {
  const request = requestOf(typed);
  requireOwnProc();
  const exercises = await catalogue();
  try {
    return await interruptible(async (signal) => {
      if (request.course) return gradeClass(request, request.course, exercises, { signal, print, printError });
      const report = await gradeWork(request, exercises, signal);
      print(shown(request, report).trimEnd());
      if (looksLikeClass(report)) printError('For a class, a folder per student, add --csv FILE.');
      if (request.paths.length === 0) noteProgress(report, exercises, printError);
      return statusOf(request, report);
    }, 'Interrupted; what was running has been ended, and no result was written.');
  } finally {
    // What an earlier run has left is no reason for this one to fail.
    await sweepOnEvidence().catch(() => []);
  }
});

function shown({ print: format }: Request, report: Report): string {
  if (format === 'json') return toJson(report);
  return format === 'tap' ? toTap(report) : toText(report, colourLevel(1));
}

/** Nothing was found but folders. */
function looksLikeClass({ items, notes }: Report): boolean {
  return items[0]?.id === 'none' && notes.some((note) => note.endsWith('because it is a folder'));
}

function statusOf({ exitZero }: Request, report: Report): number {
  return (exitZero ? allJudged(report) : allPassed(report)) ? 0 : 1;
}
