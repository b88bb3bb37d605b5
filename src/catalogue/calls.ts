/**
 * What a solution may use: the lab's members, the calls, and the helpers of the
 * steps. All of it is read from the sources: names, parameters, docstrings.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { top } from './exercises.ts';

export interface Usable {
  /** As it is typed: `mount`, `lab.clone`. */
  readonly name: string;
  /** `src/syscalls/mounts.ts`. */
  readonly file: string;
  /** Whether it is imported from there, and not a member of what one has already. */
  readonly imported: boolean;
  /** The names of its parameters, `?` behind those that may be left out; undefined for what is no function. */
  readonly parameters: readonly string[] | undefined;
  /** In TypeScript, on one line. */
  readonly signature: string;
  /** What it is for, in a sentence. */
  readonly summary: string;
  /** The rest that its docstring says, without the source. */
  readonly details: string;
  /** The manual page: `mount(2)`. */
  readonly page: string | undefined;
  /** The lesson that explains it, for what a step has. */
  readonly step: number | undefined;
  /** Its declaration and its body. */
  readonly text: string;
}

export interface Section {
  readonly title: string;
  readonly usables: readonly Usable[];
}

interface Place {
  readonly file: string;
  /** The members of this interface, each with what stands before it; without one, exported functions. */
  readonly members?: readonly [name: string, prefix: string];
  /** Of the functions only these. */
  readonly only?: readonly string[];
}

const SYSCALLS = 'src/syscalls';
const SECCOMP = 'src/seccomp';
/** What steps export to those who run them. */
const OF_EVERY_STEP = ['run', 'defaults', 'opening'];
const STEPS = 'src/steps';

const SECTIONS: readonly (readonly [title: string, ...places: Place[]])[] = [
  ['What `run` gets', { file: 'src/lab/lab.ts', members: ['Lab', 'lab.'] }],
  ['What `lab.clone` gives', { file: 'src/lab/lab.ts', members: ['Cloned', 'container.'] }],
  ['Calls on files, directories and pipes', { file: `${SYSCALLS}/files.ts` }, { file: `${SYSCALLS}/attributes.ts` }],
  ['Calls on namespaces', { file: `${SYSCALLS}/namespaces.ts` }],
  ['Calls on mounts', { file: `${SYSCALLS}/mounts.ts` }],
  ['Calls on processes', { file: `${SYSCALLS}/processes.ts` }],
  ['Calls on who a process is', { file: `${SYSCALLS}/identity.ts` }, { file: `${SYSCALLS}/bpf.ts` }],
  [
    'A filter of system calls',
    { file: `${SECCOMP}/compile.ts`, only: ['compileFilter'] },
    { file: `${SECCOMP}/disassemble.ts` },
  ],
  [
    'A profile of system calls',
    { file: `${SECCOMP}/profile.ts`, only: ['parseProfile'] },
    { file: `${SECCOMP}/default-profile.ts` },
  ],
  [
    'Calls on the network',
    { file: `${SYSCALLS}/network.ts` },
    { file: `${SYSCALLS}/network.ts`, only: ['indexIn'] },
    { file: `${SYSCALLS}/netlink.ts` },
  ],
  ['Calls on descriptors', { file: `${SYSCALLS}/descriptors.ts` }],
  ['Calls on shared memory', { file: `${SYSCALLS}/shared-memory.ts` }],
  [
    'What is said of a call',
    { file: `${SYSCALLS}/call.ts`, only: ['atLeast', 'tolerating', 'withVerdict'] },
    { file: `${SYSCALLS}/show.ts`, only: ['quoted'] },
  ],
  ...stepFiles().map((file) => [`Step ${stepOf(file)}: \`${file}\``, { file }] as const),
  [
    'A cgroup',
    { file: 'src/cgroups/control-group.ts', only: ['planControlGroup'] },
    { file: 'src/cgroups/control-group.ts', members: ['ControlGroup', 'group.'] },
    { file: 'src/leftovers/owner.ts', only: ['newOwnerName'] },
  ],
  ['The environment of a program', { file: 'src/settings/process.ts', only: ['inheritedEnvironment'] }],
];

/** All of it, by subject. */
export function usables(): readonly Section[] {
  return SECTIONS.map(([title, ...places]) => ({ title, usables: places.flatMap(usablesOf) })).filter(
    (section) => section.usables.length > 0,
  );
}

/** The import that a solution writes; undefined for a member of what it has already. */
export function importLine({ name, file, imported }: Usable): string | undefined {
  return imported ? `import { ${name} } from '#${file}';` : undefined;
}

/**
 * The declarations of the types that a signature names, and of those that these
 * name, without what everybody knows.
 */
export function typesIn({ signature, file }: Usable): string[] {
  const found = new Map<string, string>();
  const lookIn = (text: string, from: string) => {
    for (const [name = ''] of text.matchAll(/\b[A-Z]\w+/g)) {
      const declared = found.has(name) || WELL_KNOWN.includes(name) ? undefined : declarationOf(name, from);
      if (!declared) continue;
      found.set(name, declared.text);
      if (found.size < MOST_TYPES) lookIn(declared.text.replaceAll(COMMENT, ''), declared.file);
    }
  };
  lookIn(signature, file);
  return [...found.values()];
}

const WELL_KNOWN = ['Call', 'Lab', 'Struct', 'Leftover', 'Partial', 'Machine', 'Capability'];
const MOST_TYPES = 4;
const COMMENT = /\/\*\*(?:[^*]|\*(?!\/))*\*\//g;

const texts = new Map<string, string>();

function textOf(file: string): string {
  const known = texts.get(file) ?? readFileSync(join(top, file), 'utf8');
  texts.set(file, known);
  return known;
}

export function stepFiles(): string[] {
  return readdirSync(join(top, STEPS))
    .filter((name) => /^\d\d-.*\.ts$/.test(name))
    .sort()
    .map((name) => `${STEPS}/${name}`);
}

function stepOf(file: string): number | undefined {
  const number = /^src\/steps\/(\d\d)-/.exec(file)?.[1];
  return number === undefined ? undefined : Number(number);
}

function usablesOf({ file, members, only }: Place): Usable[] {
  if (members) return membersOf(file, ...members);
  return functionsOf(file).filter(({ name, signature }) => {
    if (only) return only.includes(name);
    return file.startsWith(SYSCALLS) ? /\): (Call|Struct)(\[\])?$/.test(signature) : !OF_EVERY_STEP.includes(name);
  });
}

const DOCSTRING = String.raw`\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n`;
const FUNCTION = new RegExp(
  String.raw`^${DOCSTRING}export (?:async )?function (\w+)(\([\s\S]*?\): [^\n]+) \{\n([\s\S]*?)^\}$`,
  'gm',
);

/** The exported functions that have a docstring. */
function functionsOf(file: string): Usable[] {
  return [...textOf(file).matchAll(FUNCTION)].map(([text, comment = '', name = '', signature = '']) => ({
    ...described({ comment, name, signature, file }),
    name,
    imported: true,
    text,
  }));
}

/** The members of an interface that have a docstring, or whose names say all. */
function membersOf(file: string, name: string, prefix: string): Usable[] {
  const body = new RegExp(String.raw`^export interface ${name} \{\n([\s\S]*?)^\}$`, 'm').exec(textOf(file))?.[1] ?? '';
  const member = new RegExp(String.raw`^ {2}(?:${DOCSTRING} {2})?(?:readonly )?(\w+)(\(?[^\n]+);$`, 'gm');
  return [...body.matchAll(member)].map(([text, comment = '', word = '', signature = '']) => ({
    ...described({ comment, name: word, signature, file }),
    name: `${prefix}${word}`,
    imported: false,
    text,
  }));
}

function described({ comment, name, signature, file }: Record<'comment' | 'name' | 'signature' | 'file', string>) {
  const line = signature.replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(/,? \)/g, ')');
  const words = comment.replaceAll(/^ *\* ?/gm, '').trim();
  const { 0: said = '', 1: source } = /^([\s\S]*?)\s*Source: ([\s\S]*)$/.exec(words)?.slice(1) ?? [words];
  const prose = said.replaceAll(/\n(?!\n)/g, ' ').trim();
  const [summary = prose] = /^[\s\S]*?[.:](?= [A-Z@]|\s*\n|$)/.exec(prose) ?? [];
  return {
    file,
    parameters: line.startsWith('(') ? parametersOf(line) : undefined,
    signature: `${name}${line}`,
    summary: summary.replace(/:$/, '.'),
    details: prose.slice(summary.length).trim(),
    page: source === undefined ? undefined : /[\w.-]+\(\d\)/.exec(source)?.[0],
    step: stepOf(file),
  };
}

/** `(a: string, { b }: Pair, c = 0): Call`: a, pair, c? */
function parametersOf(signature: string): string[] {
  const list = signature.slice(1, signature.lastIndexOf('): '));
  return splitAtTop(list).map((parameter) => {
    const type = /^\{.*?\}: (?:Pick<)?(\w+)/.exec(parameter)?.[1];
    if (type) return type.charAt(0).toLowerCase() + type.slice(1);
    const [name = '', mark] = /^\w+(\?)?/.exec(parameter) ?? [];
    return !mark && parameter.includes(' = ') ? `${name}?` : name;
  });
}

/** At the commas that stand in no bracket. */
export function splitAtTop(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of list.replaceAll('=>', '⇒')) {
    if ('({[<'.includes(letter)) depth++;
    if (')}]>'.includes(letter)) depth--;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.replaceAll('⇒', '=>').trim()).filter(Boolean);
}

/** Where a type is declared, as a file of the kit sees it. */
function declarationOf(name: string, file: string): { readonly text: string; readonly file: string } | undefined {
  const declared = new RegExp(String.raw`^export (?:interface ${name}\b[\s\S]*?^\}|type ${name} =[\s\S]*?;)$`, 'm');
  const [text] = declared.exec(textOf(file)) ?? [];
  if (text !== undefined) return { text: text.replace(/^export /, ''), file };
  const imports = new RegExp(String.raw`import (?:type )?\{[^}]*\b${name}\b[^}]*\} from '(\.[^']+)'`).exec(
    textOf(file),
  );
  const from = imports?.[1] === undefined ? undefined : normalize(join(dirname(file), imports[1]));
  return from !== undefined && existsSync(join(top, from)) ? declarationOf(name, from) : undefined;
}
