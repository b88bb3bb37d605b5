/** This terminal as the machine's: every key goes there, Ctrl-C too, and so does its size. */
import type { Duplex } from 'node:stream';
import { Suspension, setRawMode } from '../command-line/suspension.ts';

/** Ctrl-], as in telnet and virsh: the way out of a machine that has stopped answering. */
const ESCAPE = 0x1d;

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Connects the terminal; returns the way back. */
export function connectTerminal({ control, terminal }: { control: Duplex; terminal: Duplex }): () => void {
  const { stdin, stdout } = process;
  const sendSize = () => control.write(sizeLine(stdout));
  const sendKeys = (keys: Buffer) => {
    if (keys.includes(ESCAPE)) process.kill(process.pid, 'SIGTERM');
    else terminal.write(keys);
  };
  // Ctrl-Z is the machine's; `kill -TSTP` is for us.
  const suspension = new Suspension(
    () => setRawMode(false),
    () => setRawMode(true),
  );
  sendSize();
  setRawMode(true);
  stdin.on('data', sendKeys);
  stdout.on('resize', sendSize);
  return () => {
    stdout.off('resize', sendSize);
    stdin.off('data', sendKeys);
    suspension.end();
    setRawMode(false);
    stdin.pause();
  };
}

function sizeLine({ rows, columns }: Size): string {
  return `${rows} ${columns}\n`;
}
