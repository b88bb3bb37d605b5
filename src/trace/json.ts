/** `--trace=json` for machines: one object a line for each call that has finished. */
import { requestText } from '../executor/text.ts';
import { errnoName } from '../syscalls/errno.ts';
import type { Moment } from './timeline.ts';

/**
 * Gives a printer of moments. The fields: `time` (seconds on CLOCK_MONOTONIC),
 * `side`, `depth` (only of a process that a list has cloned: how many clones
 * have led to it), `pid` (as the parent counts), `call`, `text`, `result` and
 * `error`. Of a call that never came back, `result` and `error` are null.
 */
export function jsonPrinter(write: (line: string) => void): (moment: Moment) => void {
  return ({ kind, site, result, at }) => {
    if (kind !== 'finished' || !site) return;
    const { side, depth, pid, call, known } = site;
    write(
      JSON.stringify({
        time: Number(at) / 1e9,
        side,
        ...(depth > 0 && { depth }),
        pid,
        call: call.info.name,
        text: requestText(call, known),
        result: result === undefined ? null : Math.max(result, -1),
        error: result !== undefined && result < 0 ? errnoName(-result) : null,
      }),
    );
  };
}
