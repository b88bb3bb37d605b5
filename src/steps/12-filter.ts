/** The filter that stands before the system calls: the kit's own profile, or another one. */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { UsageError } from '../command-line/usage-error.ts';
import { compileFilter } from '../seccomp/compile.ts';
import { DEFAULT_PROFILE } from '../seccomp/default-profile.ts';
import { disassemble } from '../seccomp/disassemble.ts';
import { type Profile, parseProfile } from '../seccomp/profile.ts';
import type { Rights } from '../settings/rights.ts';
import type { Call } from '../syscalls/call.ts';
import { SECCOMP_FILTER_FLAG } from '../syscalls/flags.ts';
import { installFilter } from '../syscalls/identity.ts';
import { keptCapabilities } from './12-rights.ts';

// #region filter
/**
 * The call that installs the filter of a container; none if there is to be none.
 * What the profile allows depends on the capabilities: who may mount may call mount.
 * @throws UsageError for a profile that cannot be read
 */
export function filterOf(rights: Rights): Call[] {
  if (rights.seccomp === 'unconfined') return [];
  const profile = rights.seccomp === undefined ? DEFAULT_PROFILE : readProfile(rights.seccomp);
  const surroundings = { machine: process.arch, capabilities: keptCapabilities(rights), kernel: release() };
  const filter = compileFilter(profile, surroundings);
  return [installFilter(filter, flagsOf(profile), () => disassemble(filter))];
}
// #endregion filter

/** Others are about threads, of which there is one, or about a listener, which there is none. */
function flagsOf({ flags = [] }: Profile): number {
  const { SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW } = SECCOMP_FILTER_FLAG;
  const known = { SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW };
  return Object.entries(known).reduce((set, [name, flag]) => (flags.includes(name) ? set | flag : set), 0);
}

function readProfile(path: string): Profile {
  try {
    return parseProfile(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`--security-opt: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new UsageError(`--security-opt: seccomp=${path} ${why}. Give a file, or seccomp=unconfined.`);
  }
}
