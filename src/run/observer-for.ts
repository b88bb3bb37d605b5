/** Who watches a run: nobody, `--trace`, or `--pause`. */
import { createRequire } from 'node:module';
import { colourLevel } from '../command-line/colour.ts';
import { printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Observer } from '../lab/observer.ts';
import { jsonPrinter } from '../trace/json.ts';
import { traceObserver } from '../trace/observer.ts';
import { textPrinter } from '../trace/text.ts';
import type { StepRequest } from './options.ts';

export function observerFor({ trace, pause }: StepRequest): Observer | undefined {
  const level = colourLevel(2);
  if (pause) return pauseAtTerminal(level);
  if (trace === 'json') return traceObserver(jsonPrinter(printError));
  if (trace === 'text') return traceObserver(textPrinter(printError, level));
  return undefined;
}

/** @throws UsageError where there is no terminal. */
function pauseAtTerminal(level: 0 | 1 | 2 | 3): Observer {
  // Loaded late: few runs pause.
  const load = createRequire(import.meta.url);
  const { canAsk } = load('../pause/prompt.ts') as typeof import('../pause/prompt.ts');
  if (!canAsk()) throw new UsageError('--pause waits for Enter at a terminal, and there is none here.');
  const { pauseObserver } = load('../pause/observer.ts') as typeof import('../pause/observer.ts');
  return pauseObserver(printError, level);
}
