/** Grading one person's work, or a few files: one report, in all formats that are asked for. */

import { existsSync, realpathSync } from 'node:fs';
import type { Entry } from '../catalogue/exercises.ts';
import { notesOnTelling } from '../sandbox/call-filter.ts';
import { identityFrom, toClassroom50 } from './emitters/classroom50.ts';
import { toCtrf } from './emitters/ctrf.ts';
import { toGradescope } from './emitters/gradescope.ts';
import { toJunit } from './emitters/junit.ts';
import { chosenExercises, gather } from './gather.ts';
import { pool } from './pool.ts';
import { makeReport, type Report } from './report.ts';
import type { Format, Request } from './request.ts';
import { checkPlace, save } from './save.ts';
import { gradeSubmission } from './submission.ts';

/**
 * @throws UsageError before anything has been started
 * @throws the reason of `signal`
 */
export async function gradeWork(request: Request, exercises: readonly Entry[], signal?: AbortSignal): Promise<Report> {
  const { paths, only, files, jobs, timeout } = request;
  const { submissions, notes, directories } = gather(paths, chosenExercises(exercises, only), only);
  for (const file of Object.values(files)) checkPlace(file, directories);
  const hidden = directories.filter((path) => existsSync(path)).map((path) => realpathSync(path));
  const emitters = emittersFor(files);
  const begun = new Date();
  const grades = await pool(submissions, jobs, async (submission) => {
    const grade = await gradeSubmission(submission, { timeout, hidden, signal });
    return { ...grade, ...(submission.source !== undefined && { source: submission.source }) };
  });
  const report = makeReport(grades, {
    notes: [...notes, ...(await notesOnTelling())],
    begun,
    seconds: (Date.now() - begun.getTime()) / 1000,
  });
  for (const [file, emit] of emitters) save(file, emit(report));
  return report;
}

type Emitter = (report: Report) => string;

function emittersFor(files: Request['files']): [file: string, emit: Emitter][] {
  const make: Record<Format, () => Emitter> = {
    junit: () => toJunit,
    gradescope: () => toGradescope,
    classroom50: () => {
      const identity = identityFrom(process.env);
      return (report) => toClassroom50(report, identity);
    },
    ctrf: () => toCtrf,
  };
  return (Object.entries(files) as [Format, string][]).map(([format, file]) => [file, make[format]()]);
}
