/** `npm run step 4`: runs a step. */

import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { CallFailure } from '../executor/failure.ts';
import { ProgramNotFound } from '../images/find-program.ts';
import { sweep } from '../leftovers/sweep.ts';
import { helpText } from '../run/help.ts';
import { observerFor } from '../run/observer-for.ts';
import { parseOptions, refuseSwallowedOptions } from '../run/options.ts';
import { FIRST_WITH_IMAGE, programOf } from '../run/program.ts';
import { resolveSettings } from '../run/resolve-settings.ts';
import { failureStatus, runStep } from '../run/run-step.ts';
import { HOST_ROOT } from '../settings/settings.ts';
import { steps } from '../steps/index.ts';

export async function step(words: string[]): Promise<number> {
  const [number = '', ...rest] = words;
  if (number === '--help') return showHelp();
  refuseSwallowedOptions();
  const chosen = steps.find((candidate) => String(candidate.number) === number);
  if (!chosen) throw new UsageError(`There is no step ${number}. Steps: 0 to ${steps.length - 1}.`);
  const request = parseOptions(rest, chosen.number);
  if (request.help) return showHelp(chosen.number);
  const settings = await resolveSettings(chosen.number, request);
  const say = request.quiet ? undefined : printError;
  try {
    return await runStep({
      step: chosen,
      settings,
      program: programOf(chosen.number, settings, request.command),
      observer: observerFor(request),
      say,
      inImage: chosen.number < FIRST_WITH_IMAGE && settings.rootfs !== HOST_ROOT,
    });
  } catch (error) {
    if (error instanceof ProgramNotFound) {
      printError(`step ${chosen.number}: ${error.message}`);
      return error.status;
    }
    if (!(error instanceof CallFailure)) throw error;
    printError(`step ${chosen.number}, ${error.message}`);
    return failureStatus(error);
  } finally {
    // What an earlier run has left is no reason for this one to fail.
    await sweep().catch(() => []);
  }
}

function showHelp(step?: number): number {
  print(helpText(step));
  return 0;
}
