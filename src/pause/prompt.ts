/** Waiting for Enter. */
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isatty, ReadStream } from 'node:tty';

const STDIN = 0;
const TERMINAL = '/dev/tty';

/** Whether there is a terminal to ask at. */
export function canAsk(): boolean {
  if (isatty(STDIN)) return true;
  try {
    closeSync(openSync(TERMINAL, 'r'));
    return true;
  } catch {
    return false;
  }
}

/** What is piped in is for the program inside: the answers come from the terminal all the same. */
function openTerminal(): { input: ReadStream; done: () => void } {
  if (isatty(STDIN)) return { input: process.stdin, done: () => process.stdin.pause() };
  const input = new ReadStream(openSync(TERMINAL, 'r'));
  return { input, done: () => input.destroy() };
}

/** Waits for a line; undefined when the terminal has no more, or after Ctrl-C, which `interrupted` hears of. */
export function readLine(question: string, interrupted: () => void): Promise<string | undefined> {
  const { input, done } = openTerminal();
  const reader = createInterface({ input, output: process.stderr });
  return new Promise((resolve) => {
    let answer: string | undefined;
    // readline would keep Ctrl-C for itself.
    reader.on('SIGINT', () => {
      process.stderr.write('\n');
      // Whoever ends the run hears of the signal first; a run that went on meanwhile would be well under way.
      process.once('SIGINT', () => reader.close());
      interrupted();
    });
    reader.on('close', () => {
      done();
      resolve(answer);
    });
    reader.question(question, (line) => {
      answer = line;
      reader.close();
    });
  });
}
