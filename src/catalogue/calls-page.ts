/** What a solution may use, as Markdown: a table of all, and a page on each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import wrapAnsi from 'wrap-ansi';
import { type CallInfo, definitions } from '../syscalls/call.ts';
import '../syscalls/attributes.ts';
import '../syscalls/descriptors.ts';
import '../syscalls/files.ts';
import * as flags from '../syscalls/flags.ts';
import '../syscalls/identity.ts';
import '../syscalls/mounts.ts';
import '../syscalls/namespaces.ts';
import '../syscalls/network.ts';
import '../syscalls/processes.ts';
import '../syscalls/shared-memory.ts';
import { importLine, type Section, splitAtTop, stepFiles, typesIn, type Usable, usables } from './calls.ts';
import { top } from './exercises.ts';
import { readLibrary } from './lessons.ts';

/** Code has room for so many letters in a terminal of 80 columns. */
const WIDTH = 74;
const FLAGS = 'src/syscalls/flags.ts';

/** What must be known before the table can be used. */
export const ABOUT_CALLS = [
  'What a solution may use, beside TypeScript itself. `npm run calls -- mount` tells more of one: its types, its flags, ' +
    'its errors, and where a step uses it.',
  'A *call* is a value: nothing happens until it stands in a list, and the list is walked, by a child (`lab.clone`) or ' +
    'by the parent (`lab.perform`). Where a descriptor is asked for, the call that opens it can be given, if it stands ' +
    'earlier in the same list. What gives a list of calls has `...` before it, to be put into another list. What gives ' +
    'a promise has `await` before it. What can be left out has `?` behind it.',
].join('\n\n');

/** The table of all. */
export function callsPage(): string {
  return `${['# Calls and helpers', ABOUT_CALLS, ...usables().flatMap(sectionParts)].join('\n\n')}\n`;
}

function sectionParts({ title, usables: members }: Section): string[] {
  const files = [...new Set(members.filter(({ imported }) => imported).map(({ file }) => file))];
  const from = files.map((file) => `\`#${file}\``).join(' and ');
  const rows = members.map((one) => `| \`${shape(one)}\` | ${cell(one.summary)} | ${seeText(one)} |`);
  return [
    `## ${title}`,
    ...(from === '' ? [] : [`Imported from ${from}.`]),
    ['| | what for | see |', '| --- | --- | --- |', ...rows].join('\n'),
  ];
}

/** `mount(source, target, type?)`; `await release(lab, checkpoint)`. */
export function shape({ name, parameters, signature }: Usable): string {
  if (!parameters) return name;
  const [before, after] = [
    /: Promise<[^\n]*>$/.test(signature) ? 'await ' : '',
    /\): \w+\[\]$|\): readonly /.test(signature),
  ];
  return `${before}${after ? '...' : ''}${name}(${parameters.join(', ')})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function seeText({ page, step }: Usable): string {
  if (page) return pageLink(page);
  return step === undefined ? '' : lessonLink(step);
}

/** As the lessons link to manual pages. */
function pageLink(page: string): string {
  const [, name = '', section = ''] = /^(.*)\((\d)\)$/.exec(page) ?? [];
  return `[${page}](https://man7.org/linux/man-pages/man${section}/${name}.${section}.html)`;
}

function lessonLink(step: number): string {
  const lesson = readLibrary().lessons.find(({ number }) => number === step);
  return lesson ? `[lesson ${step}](../${lesson.path})` : '';
}

/** All that is known of one. */
export function callPage(one: Usable): string {
  const info = definitionOf(one);
  const example = exampleOf(one);
  const names = flagNames(one);
  const errors = Object.entries(info?.advice ?? {});
  const see = seeText(one);
  return [
    `## \`${shape(one)}\``,
    [one.summary, one.details.replaceAll(/\s*@throws/g, '\n\nFails with')].filter(Boolean).join(' '),
    [info && info.purpose !== one.summary ? info.purpose : '', see && `See ${see}.`].filter(Boolean).join(' '),
    code([importLine(one), signatureText(one), ...typesIn(one).map(typeText)].filter(Boolean).join('\n\n')),
    names.length > 0 ? `Flags, joined by \`|\`, from \`#${FLAGS}\`: ${names.map(asCode).join(', ')}.` : '',
    example ? `In \`${example.file}\`:` : '',
    example ? code(example.text) : '',
    errors.map(([errno, advice]) => `- ${errno}: ${advice}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function asCode(name: string): string {
  return `\`${name}\``;
}

/** A parameter a line, where one line has no room for all. */
function signatureText({ signature }: Usable): string {
  const [, name = '', list = '', returns = ''] = /^(\w+)\((.*)\)(: .*?)$/.exec(signature) ?? [];
  if (signature.length <= WIDTH || list === '') return signature;
  return [`${name}(`, ...splitAtTop(list).map((parameter) => `  ${parameter},`), `)${returns}`].join('\n');
}

/** A type, with its comments wrapped. */
function typeText(type: string): string {
  return type
    .replaceAll('readonly ', '')
    .replaceAll(/^( *)\/\*\*([\s\S]*?)\*\/$/gm, (_, indent: string, text: string) => {
      const words = text.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
      return wrapAnsi(words, WIDTH - indent.length - 3)
        .split('\n')
        .map((line) => `${indent}// ${line}`)
        .join('\n');
    });
}

function code(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

/** What is defined of the call that a function makes. */
function definitionOf({ text, file, name }: Usable): CallInfo | undefined {
  if (name === 'lab.clone') return definitions.find((info) => info.name === 'clone');
  const [, constant] = /\b([A-Z][A-Z0-9_]+)\(/.exec(text.slice(text.indexOf(' {\n'))) ?? [];
  const source = readFileSync(join(top, file), 'utf8');
  const start = constant === undefined ? -1 : source.indexOf(`const ${constant} = defineCall({`);
  if (start < 0) return undefined;
  const block = source.slice(start, source.indexOf('\n});', start));
  return definitions.find(
    (info) => block.includes(`name: '${info.name}'`) && block.includes(info.purpose.slice(0, 20)),
  );
}

/** The flags whose set names the same manual page; those that are exported one by one stand so. */
function flagNames({ page, text }: Usable): string[] {
  if (page === undefined || !/\bflags?\b|\btype\b/.test(text)) return [];
  const sets = readFileSync(join(top, FLAGS), 'utf8').matchAll(/^\/\*\* (.*) \*\/\nexport const (\w+) = \{/gm);
  return [...sets]
    .filter(([, pages = '']) => pages.split(/[ ,.:]+/).includes(page))
    .flatMap(([, , set = '']) => {
      const values = Object.entries(flags).find(([name]) => name === set)?.[1] ?? {};
      return Object.keys(values).map((name) => (name in flags ? name : `${set}.${name}`));
    });
}

/** The first place in the steps that uses it. */
function exampleOf({ name }: Usable): { readonly file: string; readonly text: string } | undefined {
  const use = new RegExp(String.raw`(?<!function )(?<![\w.])${name.replace('.', String.raw`\.`)}\(`);
  for (const file of stepFiles()) {
    const lines = readFileSync(join(top, file), 'utf8').split('\n');
    const at = lines.findIndex((line) => use.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line));
    if (at >= 0) return { file, text: statementAt(lines, at) };
  }
  return undefined;
}

/** The lines from one on, until all its brackets are closed. */
function statementAt(lines: readonly string[], at: number): string {
  const indent = /^ */.exec(lines[at] ?? '')?.[0].length ?? 0;
  let end = at;
  const open = () => {
    const text = lines.slice(at, end + 1).join('\n');
    return (text.match(/[([{]/g)?.length ?? 0) - (text.match(/[)\]}]/g)?.length ?? 0);
  };
  while (open() > 0 && end < lines.length - 1) end++;
  return lines
    .slice(at, end + 1)
    .map((line) => line.slice(indent))
    .join('\n');
}

/**
 * Those that a word means: a name, `clone` for `lab.clone`, the kernel's name
 * for what a helper makes, as `setresuid`, a flag, or a type that one gives.
 */
export function usablesNamed(word: string): Usable[] {
  const all = usables().flatMap((section) => section.usables);
  const [wanted = ''] = word.replace(/^await |^\.\.\./, '').split('(');
  const named = all.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const members = all.filter(({ name }) => name.endsWith(`.${wanted}`));
  if (members.length > 0) return members;
  const made = all.filter((one) => definitionOf(one)?.name === wanted || flagNames(one).includes(wanted));
  if (made.length > 0) return made;
  if (!/^\w+$/.test(wanted)) return [];
  const declares = new RegExp(String.raw`\b(?:type|interface) ${wanted}\b`);
  return all.filter((one) => typesIn(one).some((text) => declares.test(text))).slice(0, 1);
}
