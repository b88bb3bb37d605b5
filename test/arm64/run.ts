/**
 * `npm run test:arm64`: the native library, compiled for arm64, and the unit
 * tests, run by an arm64 Node.js that qemu emulates. The numbers of system calls
 * differ there, and arm64 lacks the old ones: none may have leaked in. Words
 * choose test files: `npm run test:arm64 -- flags executor`.
 */
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, keyOf } from '../../src/vm/cache.ts';
import { registryNode } from '../../src/vm/node.ts';
import { requirePrograms, run } from '../../src/vm/programs.ts';
import { runCommand } from '../command.ts';
import { exitNotHere } from '../not-here.ts';
import { scratchFolder } from '../scratch.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
/** Where Debian's cross compiler has the libraries of arm64. */
const LIBRARIES = '/usr/aarch64-linux-gnu/lib';
const LEFT_OUT = ['node_modules', 'native/build', 'rootfs', '.git', '.vagrant'].map((path) => join(top, path));
const TIMEOUT_S = 1800;

/** Node.js and node_modules for arm64, kept until either changes. */
function ensureTools(): string {
  const lock = readFileSync(join(top, 'package-lock.json'), 'utf8');
  return cached(`arm64-${keyOf(process.version, lock)}`, (directory) => {
    console.log('Fetching Node.js and node_modules for arm64 (once)…');
    cpSync(registryNode('arm64', process.versions.node, join(directory, 'fetched')), join(directory, 'node-arm64'));
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(top, name), join(directory, name));
    const platform = ['--os=linux', '--cpu=arm64', '--libc=glibc'];
    run(['npm', 'ci', ...platform, '--ignore-scripts', '--no-audit'], { cwd: directory, timeoutMs: 600_000 });
    rmSync(join(directory, 'fetched'), { recursive: true });
  });
}

/**
 * A program `node` that emulates. What a test starts is of this machine, since
 * its kernel starts it: so Node.js must take this program for itself, and
 * esbuild, which tsx starts, is the host's.
 */
function writeNode(scratch: string, tools: string): string {
  const node = join(scratch, 'node');
  const preload = join(scratch, 'preload.cjs');
  writeFileSync(preload, `process.execPath = ${JSON.stringify(node)};\n`);
  // By its loader, and not by qemu's -L, which makes some of this machine's own paths look like others.
  const loader = `${LIBRARIES}/ld-linux-aarch64.so.1 --library-path ${LIBRARIES}`;
  writeFileSync(
    node,
    `#!/bin/sh\nexec qemu-aarch64-static ${loader} '${tools}/node-arm64' --require '${preload}' "$@"\n`,
  );
  chmodSync(node, 0o755);
  return node;
}

/** These tell nothing about an architecture: they try the tests' own tools, and texts. */
const SAME_EVERYWHERE = /^(runner|all|scratch|rooms|lessons-.*|workshop-.*)\.test\.ts$/;

function testFiles(words: readonly string[]): string[] {
  const files = readdirSync(join(top, 'test/unit')).filter((name) => name.endsWith('.test.ts'));
  const chosen = files.filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
  return chosen.filter((name) => !SAME_EVERYWHERE.test(name)).map((name) => join('test/unit', name));
}

async function test(scratch: string, tools: string, words: readonly string[]): Promise<number> {
  const kit = join(scratch, 'kit');
  cpSync(top, kit, { recursive: true, filter: (path) => !LEFT_OUT.includes(path) });
  symlinkSync(join(tools, 'node_modules'), join(kit, 'node_modules'));
  run([process.execPath, 'native/build.mjs'], { cwd: kit, env: { CC: 'aarch64-linux-gnu-gcc' } });
  const kind = run(['file', '--brief', join(kit, 'native/build/liblab.so')]).trim();
  console.log(`native library: ${kind.split(', ').slice(0, 3).join(', ')}`);

  const node = writeNode(scratch, tools);
  console.log(`tests run by Node.js ${run([node, '-p', 'process.version + " " + process.arch']).trim()}`);
  const { status } = await runCommand([node, '--import', './bin/tsx.mjs', 'test/run.ts', ...testFiles(words)], {
    cwd: kit,
    env: {
      PATH: `${scratch}:${process.env.PATH}`,
      CC: 'aarch64-linux-gnu-gcc',
      ESBUILD_BINARY_PATH: join(top, `node_modules/@esbuild/linux-${process.arch}/bin/esbuild`),
    },
    timeoutS: TIMEOUT_S,
    hear: (line) => console.log(line),
  });
  return status ?? 1;
}

/** Gives the folder of Node.js and node_modules. */
function prepare(): string {
  requirePrograms('npm run test:arm64', [
    { name: 'aarch64-linux-gnu-gcc', package: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' },
    { name: 'qemu-aarch64-static', package: 'qemu-user-static' },
    { name: 'file', package: 'file' },
  ]);
  if (!existsSync(join(LIBRARIES, 'libstdc++.so.6'))) {
    throw new Error('npm run test:arm64 needs the C++ library: sudo apt-get install libstdc++6-arm64-cross');
  }
  return ensureTools();
}

async function main(words: readonly string[]): Promise<number> {
  let tools = '';
  try {
    tools = prepare();
  } catch (error) {
    exitNotHere(error);
  }
  return test(scratchFolder(), tools, words);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
