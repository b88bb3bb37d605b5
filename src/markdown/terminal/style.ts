/** The colours of the terminal reader. */
import { Chalk, type ChalkInstance } from 'chalk';

export type Paint = (text: string) => string;

export interface Style {
  readonly title: Paint;
  readonly heading: Paint;
  readonly strong: Paint;
  readonly em: Paint;
  readonly code: Paint;
  readonly link: Paint;
  readonly faint: Paint;
  readonly prompt: Paint;
  readonly typed: Paint;
  readonly box: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  /** Kinds of code, by the names of highlight.js. */
  readonly syntax: Readonly<Record<string, Paint>>;
}

/** `level` as chalk has it: 0 is no colours. Only the 16 basic ones, which every theme has made legible. */
export function styleFor(level: 0 | 1 | 2 | 3): Style {
  const chalk: ChalkInstance = new Chalk({ level });
  // chalk paints all its arguments, and map() passes more than one.
  const paint = (colour: ChalkInstance) => (text: string) => colour(text);
  return {
    title: paint(chalk.bold.underline),
    heading: paint(chalk.bold.blue),
    strong: paint(chalk.bold),
    em: paint(chalk.italic),
    // Without colours, nothing else would tell code from prose.
    code: level === 0 ? (text) => `\`${text}\`` : paint(chalk.cyan),
    link: paint(chalk.underline),
    faint: paint(chalk.dim),
    prompt: paint(chalk.green),
    typed: paint(chalk.bold),
    box: paint(chalk.yellow),
    good: paint(chalk.green),
    bad: paint(chalk.red),
    syntax: {
      keyword: paint(chalk.magenta),
      built_in: paint(chalk.cyan),
      literal: paint(chalk.cyan),
      type: paint(chalk.cyan),
      number: paint(chalk.yellow),
      string: paint(chalk.green),
      comment: paint(chalk.dim),
      doctag: paint(chalk.dim),
      meta: paint(chalk.dim),
      title: paint(chalk.blue),
    },
  };
}
