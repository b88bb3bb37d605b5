/** Showing how far a build is. */

/** Told again and again: how much is done, from 0 to 1, and what is going on. */
export type Progress = (done: number, phase: string) => void;

const BAR = 30;

/** A bar that is drawn over itself; `write` writes to a terminal. */
export function progressBar(write: (text: string) => void): { progress: Progress; clear: () => void } {
  let shown = '';
  const progress: Progress = (done, phase) => {
    const part = Math.min(1, Math.max(0, done));
    const full = Math.round(part * BAR);
    const percent = `${Math.floor(part * 100)}`.padStart(3);
    const line = `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${percent}%  ${phase}`;
    if (line !== shown) write(`\r\x1b[K${line}`);
    shown = line;
  };
  return { progress, clear: () => shown !== '' && write('\r\x1b[K') };
}

/** One line for each phase, for a log; `writeLine` ends the line. */
export function progressLines(writeLine: (line: string) => void): Progress {
  let last = '';
  return (_done, phase) => {
    if (phase !== last) writeLine(`  ${phase}`);
    last = phase;
  };
}

/** The part of a longer task that lies between `from` and `to`. */
export function partOf(progress: Progress, from: number, to: number): Progress {
  return (done, phase) => progress(from + done * (to - from), phase);
}

/** Never goes back, though a phase may be taken up again. */
export function onlyForward(progress: Progress): Progress {
  let furthest = 0;
  return (done, phase) => {
    furthest = Math.max(furthest, done);
    progress(furthest, phase);
  };
}
