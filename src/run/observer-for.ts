/** Who watches a run: nobody, `--trace`, or `--pause`. */
import { createRequire } from 'node:module';
import { colourLevel } from '../command-line/colour.ts';
import { printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Observer } from '../lab/observer.ts';
import { jsonPrinter } from '../trace/json.ts';
import { traceObserver } from '../trace/observer.ts';
import type { StepRequest } from './options.ts';

export function observerFor({ trace, pause }: StepRequest): Observer | undefined {
  const level = colourLevel(2);
  if (pause) return pauseAtTerminal(level);
  if (trace === 'json') return traceObserver(jsonPrinter(printError));
  if (trace === 'text') return traceAsText(level);
  return undefined;
}

type Level = ReturnType<typeof colourLevel>;
type Text = typeof import('../trace/text.ts');
type Prompt = typeof import('../pause/prompt.ts');
type PauseObserver = typeof import('../pause/observer.ts');

// Loaded late: most runs are not watched.
function traceAsText(level: Level): Observer {
  const { textPrinter }: Text = createRequire(import.meta.url)('../trace/text.ts');
  return traceObserver(textPrinter(printError, level));
}

/** @throws UsageError where there is no terminal. */
function pauseAtTerminal(level: Level): Observer {
  const { canAsk }: Prompt = createRequire(import.meta.url)('../pause/prompt.ts');
  if (!canAsk()) throw new UsageError('--pause waits for Enter at a terminal, and there is none here.');
  const { pauseObserver }: PauseObserver = createRequire(import.meta.url)('../pause/observer.ts');
  return pauseObserver(level);
}
