/** The clocks that a time namespace shifts: time_namespaces(7). */
import { readFileSync } from 'node:fs';

const NANOSECONDS = 1_000_000_000n;

/**
 * What to write into timens_offsets, in seconds, so that both clocks begin anew.
 * The kernel counts from the clocks of the host, and ours can be shifted already.
 * It refuses what would let a clock begin before 0: so it begins with a part of a second.
 */
export function beginAnew(): string {
  const shifted = parseOffsets(readFileSync('/proc/self/timens_offsets', 'utf8'));
  const uptime = readFileSync('/proc/uptime', 'utf8').split(' ')[0] ?? '';
  const now = { monotonic: Number(process.hrtime.bigint() / NANOSECONDS), boottime: Math.floor(Number(uptime)) };
  return `monotonic ${shifted.monotonic - now.monotonic} 0\nboottime ${shifted.boottime - now.boottime} 0\n`;
}

export interface Offsets {
  readonly monotonic: number;
  readonly boottime: number;
}

/** Whole seconds, rounded up: a line for each clock, with seconds and nanoseconds. */
export function parseOffsets(text: string): Offsets {
  const seconds = (clock: string) => {
    const [, whole = '0', rest = '0'] = new RegExp(`^${clock}\\s+(-?\\d+)\\s+(\\d+)`, 'm').exec(text) ?? [];
    return Number(whole) + (Number(rest) > 0 ? 1 : 0);
  };
  return { monotonic: seconds('monotonic'), boottime: seconds('boottime') };
}
