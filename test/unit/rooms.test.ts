/** Every import goes up: from a room to one that stands above it in test/support/rooms.ts, and never in a circle. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { top } from '../support/lab.ts';
import { ROOMS, type Room } from '../support/rooms.ts';

interface Import {
  readonly from: string;
  readonly to: string;
}

/** `from '…'`, `import('…')`, `require('…')`, and `load('…')` for what is loaded late. */
const IMPORT =
  /(?:\bfrom|\bimport|\b(?:import|require|load)\(|createRequire\(import\.meta\.url\)\()\s*['"]((?:\.\.?\/|#src\/)[^'"]+)['"]/g;

function sources(directory: string): string[] {
  return readdirSync(join(top, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'build' ? [] : sources(path);
    return /\.(ts|mjs|cjs)$/.test(entry.name) ? [path] : [];
  });
}

const files = [...new Set(ROOMS.map((room) => room.split('/')[0] ?? ''))].flatMap(sources);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(top, file), 'utf8');
  return [...text.matchAll(IMPORT)].flatMap(([, path = '']) => {
    const to = path.startsWith('#src/') ? path.slice(1) : normalize(join(dirname(file), path));
    return existsSync(join(top, to)) ? [{ from: file, to }] : [];
  });
}

const imports = files.flatMap(importsOf);

function roomOf(file: string): Room {
  const room = ROOMS.find((candidate) => file.startsWith(`${candidate}/`));
  if (!room) throw new Error(`${file} is in no room: test/support/rooms.ts lists them.`);
  return room;
}

const text = ({ from, to }: Import) =>
  `${from} imports ${to}, and ${roomOf(from)} stands above ${roomOf(to)}. The order: ${ROOMS.join(', ')}`;

test('every source file is in a room, and every room has files', () => {
  assert.ok(files.length > 200 && imports.length > 1000, `${files.length} files, ${imports.length} imports`);
  assert.equal([...new Set(files.map(roomOf))].sort(), [...ROOMS].sort());
});

test('no import goes down', () => {
  const against = imports.filter(({ from, to }) => ROOMS.indexOf(roomOf(from)) < ROOMS.indexOf(roomOf(to)));
  assert.is(against.map(text)[0], undefined);
});

test('no file imports itself by way of others', () => {
  const above = new Map<string, string[]>();
  for (const { from, to } of imports) above.set(from, [...(above.get(from) ?? []), to]);
  const done = new Set<string>();
  const circle = (file: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of above.get(file) ?? []) {
      const found = circle(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) assert.is(circle(file, [])?.join(' → '), undefined);
});

test('a step imports lower-numbered steps only', () => {
  const number = (file: string) => Number(/^src\/steps\/(\d\d)-/.exec(file)?.[1]);
  const against = imports.filter(({ from, to }) => number(from) < number(to));
  assert.equal(
    against.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('one file imports koffi, and only bin imports commands', () => {
  const withKoffi = files.filter((file) => /['"]koffi['"]/.test(readFileSync(join(top, file), 'utf8')));
  assert.equal(withKoffi, ['src/executor/native.ts']);
  const commands = imports.filter(({ from, to }) => roomOf(to) === 'src/cli' && roomOf(from) !== 'src/cli');
  assert.equal(commands.filter(({ from }) => roomOf(from) !== 'bin').map(text), []);
});

/** A step's number beside a comparison: `step >= 6`, `4 < number`, `step.number === 7`. */
const THRESHOLD =
  /\bstep(?:\.number)?\s*(?:[<>]=?|[!=]==)\s*(?:\d|[A-Z_]{4})|(?:\d|[A-Z_]{4})\s*(?:[<>]=?|[!=]==)\s*step\b|\bnumber\s*(?:[<>]=?|[!=]==)\s*\d/;

test('what a step can do is asked of its features, not of its number', () => {
  const found = files
    .filter((file) => /\bsteps?\b/i.test(readFileSync(join(top, file), 'utf8')))
    .flatMap((file) => {
      const lines = readFileSync(join(top, file), 'utf8').split('\n');
      return lines.flatMap((line, at) => (THRESHOLD.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : []));
    });
  assert.equal(found, []);
  for (const line of ['if (step >= 6)', 'step.number === 7', 'number < 5', '4 <= step', 'step <= FIRST'])
    assert.match(line, THRESHOLD);
});

test('what is loaded late is named where it is loaded: a bundle of the kit holds it then', () => {
  const late = /createRequire\(import\.meta\.url\)(?!\(['"]|\.resolve\(['"])/;
  assert.equal(
    files.filter((file) => file.endsWith('.ts') && late.test(readFileSync(join(top, file), 'utf8'))),
    [],
  );
});

test('the order is where CONTRIBUTING.md says', () => {
  const path = relative(top, join(top, 'test/support/rooms.ts'));
  assert.match(readFileSync(join(top, 'CONTRIBUTING.md'), 'utf8'), path);
});

test.run();
