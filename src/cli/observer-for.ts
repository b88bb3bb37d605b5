/** Who watches a run: nobody, `--trace`, or `--pause`. */
import { createRequire } from 'node:module';
import type { Observer } from '../lab/observer.ts';
import { jsonPrinter } from '../trace/json.ts';
import { traceObserver } from '../trace/observer.ts';
import { textPrinter } from '../trace/text.ts';
import { colourLevel } from './colour.ts';
import type { StepRequest } from './options.ts';
import { printError } from './output.ts';

export function observerFor({ trace, pause }: StepRequest): Observer | undefined {
  const level = colourLevel(2);
  if (pause) return loadPause().pauseObserver(printError, level);
  if (trace === 'json') return traceObserver(jsonPrinter(printError));
  if (trace === 'text') return traceObserver(textPrinter(printError, level));
  return undefined;
}

/** Loaded late: few runs pause. */
function loadPause(): typeof import('../pause/observer.ts') {
  return createRequire(import.meta.url)('../pause/observer.ts');
}
