/** What a check expects, what it observed, and how anybody can see the same. */

export interface Expectation {
  /** Text, or anything that is compared and shown as JSON. */
  readonly expected: unknown;
  readonly observed: unknown;
  /** A command for a second terminal. */
  readonly command?: string;
  /** Where equality cannot say it; then `expected` describes it in words. */
  readonly holds?: boolean;
}

/** An expectation with its name, and whether it was met. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly observed: string;
  readonly command?: string;
}

/** The first expectation that was not met ends a check. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly result: CheckResult;

  constructor(result: CheckResult) {
    super(`${result.name}: expected ${result.expected}, observed ${result.observed}`);
    this.result = result;
  }
}

export function judge(name: string, { expected, observed, command, holds }: Expectation): CheckResult {
  const result = { name, expected: shown(expected), observed: shown(observed), ...(command && { command }) };
  return { ...result, passed: holds ?? result.expected === result.observed };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
