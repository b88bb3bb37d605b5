/** Where the packages of the image come from. */
import { existsSync, readFileSync } from 'node:fs';
import { findProgram } from './programs.ts';
import { run } from './run.ts';

/** The suite for hosts that are not Debian. */
const DEFAULT_SUITE = 'bookworm';

export interface Source {
  readonly suite: string;
  /** Lines of a sources.list; none leaves the choice to mmdebstrap. */
  readonly mirrors: readonly string[];
}

/** On Debian the host's own release from where its apt has it, so that what is built here runs there. */
export function packageSource(): Source {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || !suite || !findProgram('apt-get')) return { suite: DEFAULT_SUITE, mirrors: [] };
  // $(SUITE) would be "oldstable"; a codename is bookworm, bookworm-updates or bookworm-security.
  const format = 'deb $(REPO_URI) $(CODENAME) main $(ORIGIN)';
  const lines = run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']).split('\n');
  const ours = lines.filter((line) => line.endsWith(' Debian') && line.split(' ')[2]?.startsWith(suite));
  return { suite, mirrors: [...new Set(ours.map((line) => line.replace(/ Debian$/, '')))] };
}
