/** `npm run doctor`: what this machine can run, and what would change that. */

import { print, printError } from '../command-line/output.ts';
import { examine } from '../doctor/examine.ts';
import { read } from '../doctor/facts.ts';
import { forwardPolicy } from '../doctor/firewall.ts';
import { report } from '../doctor/report.ts';

/** Gives 0 if every step can run one way or the other, 1 if not, 2 for an unknown option. */
export async function doctor(args: string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined) {
    printError(`doctor does not know ${unknown}. Usage: npm run doctor [-- --json]`);
    return 2;
  }
  const examination = await examine();
  const policy = forwardPolicy(read);
  if (args.includes('--json')) print(JSON.stringify({ ...examination, forwardPolicy: policy }, null, 2));
  else print(report(examination, policy));
  return examination.steps.every(({ asRoot, rootless }) => asRoot.ok || rootless.ok) ? 0 : 1;
}
