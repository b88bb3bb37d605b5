/** Something in a lesson, or in the code that it shows, that is not right. */
export interface Finding {
  /** From the top of the repository. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong, and what mends it. */
  readonly message: string;
}

/** The same where it is clear which file is meant. */
export type FindingOnLine = Omit<Finding, 'path'>;

/** As compilers print it, so that editors find the place. */
export function findingText({ path, line, message }: Finding): string {
  return `${path}:${line}: ${message}`;
}
