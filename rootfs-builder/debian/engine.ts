/** Which program makes the bootstrap, and what it needs. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export const ENGINES = ['debootstrap', 'mmdebstrap'] as const;
export type Engine = (typeof ENGINES)[number];

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

interface Circumstances {
  readonly isRoot: boolean;
  readonly has: (program: string) => boolean;
}

/**
 * The engine that was asked for, or else debootstrap for root and mmdebstrap,
 * which is content with a user namespace, for everybody else. Throws with the
 * command that installs what is missing.
 */
export function chooseEngine(asked?: Engine, { isRoot, has }: Circumstances = here()): Engine {
  if (asked === 'debootstrap' && !isRoot) {
    throw new Error('debootstrap needs root, to make device nodes. Run with sudo, or use --engine mmdebstrap.');
  }
  const usual = isRoot && (has('debootstrap') || !has('mmdebstrap')) ? 'debootstrap' : 'mmdebstrap';
  const engine = asked ?? usual;
  const needed = isRoot ? [engine] : [engine, 'newuidmap'];
  const missing = needed.filter((program) => !has(program));
  if (missing.length > 0) {
    const packages = missing.map((program) => (program === 'newuidmap' ? 'uidmap' : program));
    throw new Error(`Not found: ${missing.join(', ')}. On Debian and Ubuntu: apt-get install ${packages.join(' ')}`);
  }
  return engine;
}

function here(): Circumstances {
  return { isRoot: process.geteuid?.() === 0, has: isInstalled };
}

function isInstalled(program: string): boolean {
  return DIRECTORIES.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
