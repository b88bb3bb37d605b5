/** `--trace=json` for machines: one object a line for each call that has finished. */
import { requestText } from '../executor/text.ts';
import { errnoName } from '../syscalls/errno.ts';
import type { Moment } from './timeline.ts';

/**
 * Gives a printer of moments. The fields: `time` (seconds on CLOCK_MONOTONIC),
 * `side`, `pid` (as the parent counts), `call`, `text`, `result` and `error`.
 */
export function jsonPrinter(write: (line: string) => void): (moment: Moment) => void {
  return ({ kind, site, result = 0, at }) => {
    if (kind !== 'finished' || !site) return;
    const { side, pid, call, known } = site;
    write(
      JSON.stringify({
        time: Number(at) / 1e9,
        side,
        pid,
        call: call.info.name,
        text: requestText(call, known),
        result: result < 0 ? -1 : result,
        error: result < 0 ? errnoName(-result) : null,
      }),
    );
  };
}
