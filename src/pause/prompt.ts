/** Waiting for Enter. */
import { createInterface } from 'node:readline';

/** Waits for a line; undefined when the terminal has no more. */
export function readLine(question: string): Promise<string | undefined> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    let answer: string | undefined;
    // readline would keep Ctrl-C for itself; it is for whoever ends the run.
    reader.on('SIGINT', () => {
      reader.close();
      process.kill(process.pid, 'SIGINT');
    });
    reader.on('close', () => {
      process.stdin.pause();
      resolve(answer);
    });
    reader.question(question, (line) => {
      answer = line;
      reader.close();
    });
  });
}
