/** `npm run step 4`: runs a step. */

import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { CallFailure } from '../executor/failure.ts';
import { ProgramNotFound } from '../images/find-program.ts';
import type { Step } from '../lab/step.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { sweep } from '../leftovers/table.ts';
import { observerFor } from '../run/observer-for.ts';
import { helpText, parseOptions, refuseSwallowedOptions } from '../run/options.ts';
import { programOf } from '../run/program.ts';
import { resolveSettings } from '../run/resolve-settings.ts';
import { failureStatus, runStep } from '../run/run-step.ts';
import { HOST_ROOT } from '../settings/root.ts';
import { steps } from '../steps/index.ts';

export async function step(words: string[]): Promise<number> {
  const [number = '', ...rest] = words;
  if (number === '--help') return showHelp();
  refuseSwallowedOptions();
  const chosen = steps.find((candidate) => String(candidate.number) === number);
  if (!chosen) throw new UsageError(`There is no step ${number}. Steps: 0 to ${steps.length - 1}.`);
  const request = parseOptions(rest, chosen);
  if (request.help) return showHelp(chosen);
  const settings = await resolveSettings(chosen, request);
  const { rootless } = request;
  const owner = newOwnerName();
  try {
    return await runStep({
      step: chosen,
      owner,
      settings,
      rootless,
      program: programOf({ step: chosen, settings, rootless, owner }),
      observer: observerFor(request),
      say: request.quiet ? undefined : printError,
      addImage: !chosen.has.has('image') && settings.root.path !== HOST_ROOT,
    });
  } catch (error) {
    if (error instanceof ProgramNotFound) {
      printError(`step ${chosen.number}: ${error.message}`);
      return error.status;
    }
    const failure = error instanceof AggregateError ? error.cause : error;
    if (!(failure instanceof CallFailure)) throw error;
    printError(`step ${chosen.number}, ${(error as Error).message}`);
    return failureStatus(failure);
  } finally {
    // What an earlier run has left is no reason for this one to fail.
    await sweep().catch(() => []);
  }
}

function showHelp(step?: Step): number {
  print(helpText(step));
  return 0;
}
