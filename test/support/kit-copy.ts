/** A copy of the kit, to break and to edit. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, top } from './lab.ts';
import { patience } from './patience.ts';

const SOURCES = ['bin', 'native', 'rootfs-builder', 'src', 'package.json', 'package-lock.json', 'tsconfig.json'];
/** What the commands of the tests load. */
const PACKAGES = ['@esbuild', '@koromix', 'chalk', 'enquirer', 'esbuild', 'koffi', 'tsx', 'wrap-ansi', 'string-width'];
const TIMEOUT_MS = 60_000;

export interface Circumstances {
  readonly env?: Record<string, string | undefined>;
  readonly uid?: number;
  /** Words before those of Node.js, such as unshare's. */
  readonly wrapper?: readonly string[];
}

export class KitCopy {
  readonly directory: string;

  /** With `packages: 'own'`, those that the commands need are copied, too, so that they can be broken. */
  constructor(directory: string, packages: 'shared' | 'own' | 'none' = 'shared') {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    for (const name of SOURCES) cpSync(join(top, name), this.at(name), { recursive: true });
    symlinkSync('bin/lab.cjs', this.at('lab'));
    if (packages === 'shared') symlinkSync(join(top, 'node_modules'), this.at('node_modules'));
    if (packages === 'own') {
      for (const name of packageNames()) {
        cpSync(join(top, 'node_modules', name), this.at('node_modules', name), { recursive: true });
      }
    }
  }

  at(...names: string[]): string {
    return join(this.directory, ...names);
  }

  /** Puts text in the place of other text, which must be there. */
  edit(file: string, old: string, instead: string): void {
    const text = readFileSync(this.at(file), 'utf8');
    if (!text.includes(old)) throw new Error(`${file} does not hold ${old}`);
    writeFileSync(this.at(file), text.replace(old, instead));
  }

  run(words: readonly string[], { env = {}, uid, wrapper = [] }: Circumstances = {}): Outcome {
    const [program = '', ...rest] = [...wrapper, process.execPath, this.at('bin/lab.cjs'), ...words];
    const { status, stdout, stderr, error } = spawnSync(program, rest, {
      cwd: '/',
      encoding: 'utf8',
      env: { ...process.env, TSX_DISABLE_CACHE: undefined, XDG_CACHE_HOME: undefined, ...env },
      timeout: patience(TIMEOUT_MS),
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    if (error) throw error;
    return { status, stdout, stderr };
  }
}

/** Those named above, and those that they need. */
function packageNames(): string[] {
  const names = new Set<string>();
  const add = (name: string) => {
    if (names.has(name)) return;
    names.add(name);
    if (name.startsWith('@')) return;
    const { dependencies = {} } = JSON.parse(readFileSync(join(top, 'node_modules', name, 'package.json'), 'utf8'));
    Object.keys(dependencies).forEach(add);
  };
  PACKAGES.forEach(add);
  return [...names];
}
