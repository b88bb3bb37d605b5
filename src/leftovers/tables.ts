/** Tables of packet rules, in nftables; the name of one is its owner's mark. */
import { spawnSync } from 'node:child_process';
import { programPath } from '../proc/programs.ts';
import type { Leftover } from './leftover.ts';
import { isMarkOf, type Wanted } from './owner.ts';

const TIMEOUT_MS = 30_000;

export function find(wanted: Wanted): Leftover<'table'>[] {
  const listed = nft(['list', 'tables'])?.stdout ?? '';
  return [...listed.matchAll(/^table ip (\S+)$/gm)]
    .map(([, name = '']): Leftover<'table'> => ({ kind: 'table', name }))
    .filter(({ name }) => isMarkOf(name, wanted));
}

/** @throws Error that says what stays, and why */
export async function remove({ name }: Leftover<'table'>): Promise<string | undefined> {
  const { status, stderr } = nft(['delete', 'table', 'ip', name]) ?? { status: 0, stderr: '' };
  if (status === 0) return name;
  if (stderr.includes('No such file or directory')) return undefined;
  throw new Error(`The table ${name} stays: ${stderr.trim()}`);
}

/** Undefined where nft(8) is not installed, or this user may not use it. */
function nft(
  words: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } | undefined {
  const program = process.geteuid?.() === 0 ? programPath('nft') : undefined;
  return program === undefined ? undefined : spawnSync(program, words, { encoding: 'utf8', timeout: TIMEOUT_MS });
}
