/** `npm run doctor`: what this machine can run, and what would change that. */
import { command } from '../command-line/command.ts';
import { AS_JSON } from '../command-line/options.ts';
import { print } from '../command-line/output.ts';
import { examine } from '../doctor/examine.ts';
import { read } from '../doctor/facts.ts';
import { report } from '../doctor/report.ts';
import { forwardPolicy } from '../network/firewall.ts';

/** Returns 0 if every step can run one way or the other, and 1 if not. */
export const main = command(
  { name: 'doctor', purpose: 'Says what this machine can run, and what would change that.', options: [AS_JSON] },
  async (typed) => {
    const examination = await examine();
    const policy = forwardPolicy(read);
    if (typed.has(AS_JSON)) print(JSON.stringify({ ...examination, forwardPolicy: policy }, null, 2));
    else print(report(examination, policy));
    return examination.steps.every(({ asRoot, rootless }) => asRoot.ok || rootless.ok) ? 0 : 1;
  },
);
