/** Node.js and npm to take along: this host's own, or the npm registry's. */
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { programPath } from '../proc/programs.ts';
import { run } from './programs.ts';

export interface PortableNode {
  /** The program. */
  readonly node: string;
  /** The folder of npm's package. */
  readonly npm: string;
}

/**
 * Those that run here, if they can be carried away: Node's own builds are one
 * file, and npm is one folder. Distributions may take both apart; then the same
 * versions come from the npm registry, into `scratch`.
 */
export function portableNode(scratch: string): PortableNode {
  const node = realpathSync(process.execPath);
  const npm = npmFolder();
  const isWhole = !run(['ldd', node]).includes('libnode') && npm && readdirSync(npm).includes('node_modules');
  if (isWhole) return { node, npm };
  return { node: registryNode(process.arch, process.versions.node, scratch), npm: registryPackage('npm@10', scratch) };
}

/** Installs Node.js for an architecture into a folder of its own; returns the program's path. */
export function registryNode(arch: string, version: string, scratch: string): string {
  return join(registryPackage(`node-linux-${arch}@${version}`, scratch), 'bin/node');
}

function registryPackage(specifier: string, scratch: string): string {
  const name = specifier.split('@')[0] ?? '';
  const folder = join(scratch, name);
  // --force, since a package for another architecture is refused otherwise.
  run(['npm', 'install', '--prefix', folder, '--force', '--ignore-scripts', '--no-save', '--no-audit', specifier], {
    timeoutMs: 300_000,
  });
  return join(folder, 'node_modules', name);
}

/** npm-cli.js is in the folder bin of npm's package. */
function npmFolder(): string | undefined {
  const npm = programPath('npm');
  return npm && dirname(dirname(realpathSync(npm)));
}
