/** What is to be run in the machine, and how the machine is told. */

export interface Job {
  readonly user: 'root' | 'learner';
  /** On a terminal, or with its three streams apart. */
  readonly terminal: boolean;
  readonly command: readonly string[];
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Without a command, a shell. */
const SHELL = ['bash', '--login'];

/** The line that guest/lab-job reads. `mark` ends each stream of output. */
export function jobLine({ user, terminal, command }: Job, mark: string): string {
  const words = command.length > 0 ? command : SHELL;
  const encoded = Buffer.from(words.map((word) => `${word}\0`).join('')).toString('base64');
  const term = (process.env.TERM ?? '').replace(/[^\w.+-]/g, '') || 'dumb';
  return `${[user, terminal ? 'tty' : 'none', mark, term, encoded].join(' ')}\n`;
}

export function sizeLine({ rows, columns }: Size): string {
  return `${rows} ${columns}\n`;
}
