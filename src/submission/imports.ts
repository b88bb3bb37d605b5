/** What a submission imports of the kit: whether it is there. An import that is not is undefined until it is used. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nearest } from '../command-line/nearest.ts';
import { Mistake } from '../syscalls/mistake.ts';

/** A mistake that no stack leads to. The lines of the text are counted from 1. */
export class MistakeInLine extends Mistake {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const IMPORT = /^import\s+(type\s)?\s*\{([^}]*)\}\s*from\s*['"]#([^'"]+)['"]/gm;

/** `kit`: where the kit is. @throws MistakeInLine for the first import of something that is not there */
export function checkImports(text: string, kit: string): void {
  for (const [whole, type, names = '', path = ''] of text.matchAll(IMPORT)) {
    const line = text.slice(0, text.indexOf(whole)).split('\n').length;
    const source = textAt(join(kit, path));
    if (source === undefined) {
      throw new MistakeInLine(`There is no '#${path}'.${near(basename(path), filesBeside(join(kit, path)))}`, line);
    }
    if (type) continue;
    const exported = exportedBy(source);
    const wanted = names.split(',').map((name) => name.trim().split(/\s+as\s+/)[0] ?? '');
    const missing = wanted.find((name) => /^\w+$/.test(name) && !exported.includes(name));
    if (missing) throw new MistakeInLine(`'#${path}' exports no ${missing}.${near(missing, exported)}`, line);
  }
}

function near(word: string, words: readonly string[]): string {
  const [found] = nearest(word, words);
  return `${found ? ` It has ${found}.` : ''} All that there is: npm run calls`;
}

function exportedBy(source: string): string[] {
  const declared = source.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm);
  const lists = source.matchAll(/^export (?:const )?\{([^}]*)\}/gm);
  return [
    ...[...declared].map(([, name = '']) => name),
    ...[...lists].flatMap(([, names = '']) => names.split(',').map((name) => name.trim())),
  ];
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function filesBeside(path: string): string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}
