/** A failed trial and its circumstances, for the rules that explain it. */
import type { Facts } from './facts.ts';
import { kindsOf, type Who } from './needs.ts';
import type { Failure, Problem } from './verdict.ts';

export interface Case {
  readonly failure: Failure;
  readonly step: number;
  readonly who: Who;
  readonly facts: Facts;
}

/** Gives nothing where it does not fit. */
export type Rule = (the: Case) => Problem | undefined | false;

export const refused = ({ failure }: Case) => failure.errno === 'EPERM' || failure.errno === 'EACCES';
export const cloning = ({ failure }: Case) => failure.call === 'clone';
export const kindNames = ({ step, who }: Case) => kindsOf(step, who).map(({ name }) => name as string);
