/**
 * What others do with packets that this machine passes on. A policy of DROP,
 * which Docker sets, stops a container's. Nothing is changed here: `iptables -S` is asked only where its table exists already,
 * since asking creates it.
 */
import { spawnSync } from 'node:child_process';
import { programPath } from '../proc/programs.ts';

/** Returns the text of a file, or undefined if it cannot be read. */
type Read = (path: string) => string | undefined;

export type Policy = 'ACCEPT' | 'DROP' | undefined;

const TIMEOUT_MS = 3000;

/** The policy of the FORWARD chain, or undefined where it cannot be known without root or a tool. */
export function forwardPolicy(read: Read): Policy {
  if (process.geteuid?.() !== 0) return undefined;
  const policies = [
    policyInRuleset(run('nft', ['list', 'ruleset'])),
    /^filter$/m.test(read('/proc/net/ip_tables_names') ?? '')
      ? policyInRules(run('iptables', ['-S', 'FORWARD']))
      : undefined,
  ];
  return policies.find((policy) => policy === 'DROP') ?? policies.find(Boolean);
}

/** Reads the output of `iptables -S FORWARD`. */
export function policyInRules(text: string): Policy {
  return policy(/^-P FORWARD (ACCEPT|DROP)$/m.exec(text)?.[1]);
}

/** Reads the output of `nft list ruleset`: any chain at the forward hook that drops, drops. */
export function policyInRuleset(text: string): Policy {
  const found = [...text.matchAll(/\bhook forward\b[^\n]*policy (accept|drop);/g)].map(([, word]) =>
    word?.toUpperCase(),
  );
  return policy(found.find((word) => word === 'DROP') ?? found[0]);
}

function policy(word: string | undefined): Policy {
  return word === 'ACCEPT' || word === 'DROP' ? word : undefined;
}

function run(name: string, args: readonly string[]): string {
  const { stdout } = spawnSync(programPath(name) ?? name, args, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return stdout ?? '';
}
