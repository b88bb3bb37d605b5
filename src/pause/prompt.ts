/** Waiting for Enter. */
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isatty, ReadStream } from 'node:tty';
import { printError } from '../command-line/output.ts';
import { Suspension, setRawMode } from '../command-line/suspension.ts';

const STDIN = 0;
const TERMINAL = '/dev/tty';
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A prompt that cannot be shown any more is no reason to break off. */
const ignore = () => {};

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
  process.stderr.off('error', ignore).on('error', ignore);
  const reader = createInterface({ input, output: process.stderr });
  return new Promise((resolve) => {
    let answer: string | undefined;
    const suspension = new Suspension(
      () => setRawMode(false, input),
      () => {
        setRawMode(true, input);
        reader.prompt(true);
      },
    );
    const close = () => reader.close();
    // readline would stop this process alone, and keep Ctrl-C for itself.
    reader.on('SIGTSTP', suspension.suspend);
    reader.on('SIGINT', () => {
      printError('');
      interrupted();
    });
    // Whoever ends the run hears of the signal first; a run that went on meanwhile would be well under way.
    for (const name of ENDINGS) process.on(name, close);
    // The terminal is gone.
    reader.on('error', close);
    input.on('error', close);
    reader.on('close', () => {
      for (const name of ENDINGS) process.off(name, close);
      input.off('error', close);
      suspension.end();
      done();
      resolve(answer);
    });
    reader.question(question, (line) => {
      answer = line;
      reader.close();
    });
  });
}
