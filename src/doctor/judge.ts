/** From trials, or from settings alone, to verdicts. */
import type { Step } from '../lab/step.ts';
import { explain } from './causes.ts';
import type { Facts } from './facts.ts';
import type { Who } from './needs.ts';
import { remedies } from './remedies.ts';
import { broken, fine, type Limiting, type Refusal, type Verdict } from './verdict.ts';

const NO_NFT =
  'Without nft no container gets out, and a proxy alone serves published ports: sudo apt-get install nftables.';

const NO_VETH = 'Without root there is no veth pair, for one end of it would belong to the host. Inside, lo is up.';

/** The verdict on a step that was tried, or that settings let or do not let run. */
export function judge(
  { step, who, facts }: { readonly step: Step; readonly who: Who; readonly facts: Facts },
  failure: Refusal | null | undefined,
  limiting?: Limiting,
): Verdict {
  if (failure) return broken(explain({ failure, step, who, facts }));
  if (isAboutLimits(step) && who === 'root') {
    const cause = reasonAgainstLimits(facts, limiting);
    if (cause) return broken({ cause, remedy: remedies.cgroups(facts) });
  }
  return fine([
    ...(step.has.has('net') && who === 'rootless' ? [NO_VETH] : []),
    ...(step.has.has('bridge') && who === 'root' && !facts.tools.nft ? [NO_NFT] : []),
    ...(step.has.has('confinement') ? (limiting?.devices?.map((line) => `Not limited: ${line}`) ?? []) : []),
    ...(step.has.has('limits') ? (limiting?.missing.map((line) => `No limits for ${line}`) ?? []) : []),
  ]);
}

/** A step that sets limits unasked is about them, and cannot do without. */
function isAboutLimits({ defaults }: Step): boolean {
  return defaults?.().resources !== undefined;
}

function reasonAgainstLimits({ cgroups }: Facts, limiting: Limiting | undefined): string | undefined {
  if (cgroups.mode === 'none') return 'No cgroup file system is mounted here, so no limits can be set.';
  if (cgroups.hierarchies.every(({ readOnly }) => readOnly)) {
    return 'Every cgroup file system here is mounted read-only, as in an ordinary container, so no limits can be set.';
  }
  return limiting && !limiting.possible ? `No limits can be set. ${limiting.missing.join(' ')}` : undefined;
}
