/**
 * What of a lesson becomes slides, and under which headings. The rules, which
 * workshop/README.md tells the teacher:
 *
 * - The title, with the lesson's first paragraph: its question.
 * - Of every section that is not named below: the beginning of each paragraph and
 *   of each item, as many sentences as make nine words; and all tables, diagrams,
 *   code and transcripts.
 * - An experiment is asked first: what stands before its first transcript, in
 *   full, and the commands without what they print. Then comes what they print,
 *   and why: of each paragraph as many sentences as make twenty words.
 * - "Check your understanding": the questions without the answers.
 * - Left out: how others do it, exercises, reading lists; boxes, folded answers,
 *   and paragraphs in brackets.
 */
import type { Token } from 'markdown-it';
import type { Lesson } from '../../catalogue/lessons.ts';
import { consoleLines } from '../../markdown/console.ts';
import { type Fence, fenceOf } from '../../markdown/fences.ts';
import { parse, plainText } from '../../markdown/parse.ts';
import { beginning, withoutLinks, withParts } from './sentence.ts';

const LEFT_OUT = ['How others do it', 'By hand', 'Exercise', 'Your turn', 'Manual pages'];
/** Words of a paragraph, at least: fewer than nine say nothing, as in "ps tells the truth." */
const SHORT = 9;
/** An experiment is worth its explanation. */
const EXPLAINED = 20;
const WHOLE = Number.POSITIVE_INFINITY;

const EXPERIMENTS = 'Experiments';
const QUESTIONS = 'Check your understanding';

export type Block =
  | { readonly kind: 'prose'; readonly inline: readonly Token[]; readonly bullet?: string }
  | { readonly kind: 'fence'; readonly fence: Fence }
  | { readonly kind: 'diagram'; readonly source: string; readonly drawing: string }
  | { readonly kind: 'table'; readonly rows: readonly (readonly Token[])[] };

/** Blocks under one heading: a slide, or as many as it takes. */
export interface Topic {
  /** What stands small above the heading. */
  readonly over: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
  readonly isTitle?: true;
}

/** A heading with what is below it, as groups of tokens: one group for each paragraph, list, fence or table. */
interface Part {
  readonly section: string;
  readonly heading: string;
  readonly groups: readonly Token[][];
}

export function topicsOf({ number, title, text }: Lesson): Topic[] {
  const [opening, ...parts] = partsOf(parse(text));
  const [question, ...rest] = opening?.groups ?? [];
  const over = `Lesson ${number}`;
  return [
    { over, heading: title, blocks: question ? blocksOf([question], WHOLE) : [], isTitle: true as const },
    { over, heading: 'See for yourself', blocks: blocksOf(rest, SHORT) },
    ...parts.filter(({ section }) => !LEFT_OUT.includes(section)).flatMap((part) => topicsOfPart(part, over)),
    { over, heading: 'Now you', blocks: [commands(number)] },
  ].filter(({ blocks }) => blocks.length > 0);
}

function topicsOfPart({ section, heading, groups }: Part, lesson: string): Topic[] {
  if (section === QUESTIONS) return [{ over: lesson, heading, blocks: blocksOf(groups.filter(isNumbered), WHOLE) }];
  if (section !== EXPERIMENTS) {
    const over = heading === section ? lesson : section;
    return [{ over, heading, blocks: blocksOf(groups, SHORT) }];
  }
  const at = groups.findIndex(([token]) => isConsole(token));
  if (at < 0) return [{ over: 'Experiment', heading, blocks: blocksOf(groups, SHORT) }];
  const transcript = fenceOf(groups[at]?.[0] as Token);
  const asked = [...blocksOf(groups.slice(0, at), WHOLE), { kind: 'fence', fence: onlyTyped(transcript) } as const];
  return [
    { over: 'Experiment: what do you expect?', heading, blocks: asked },
    { over: 'Experiment: what happens', heading, blocks: blocksOf(groups.slice(at), EXPLAINED) },
  ];
}

function partsOf(tokens: readonly Token[]): Part[] {
  const parts: { section: string; heading: string; groups: Token[][] }[] = [];
  for (const group of groupsOf(tokens)) {
    const [first, inline] = group;
    const before = parts.at(-1);
    if (first?.type !== 'heading_open') {
      before?.groups.push(group);
      continue;
    }
    const heading = plainText(inline);
    const section = first.tag === 'h3' ? (before?.section ?? heading) : heading;
    parts.push({ section, heading, groups: [] });
  }
  return parts;
}

/** Splits a document into its blocks. */
function groupsOf(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0) groups.push([]);
    groups.at(-1)?.push(token);
    depth += token.nesting;
  }
  return groups;
}

function blocksOf(groups: readonly Token[][], leastWords: number): Block[] {
  const cut = ({ children }: Token) => beginning(withoutLinks(children ?? []), leastWords);
  return groups.flatMap((group, at): Block[] => {
    const [first] = group;
    switch (first?.type) {
      case 'paragraph_open': {
        const [, inline] = group;
        return inline && !plainText(inline).startsWith('(') ? [{ kind: 'prose', inline: cut(inline) }] : [];
      }
      case 'bullet_list_open':
      case 'ordered_list_open':
        return itemsOf(group).map(({ inline, bullet }) => ({ kind: 'prose', inline: cut(inline), bullet }));
      case 'fence': {
        const fence = fenceOf(first);
        if (isMermaid(groups[at - 1]?.[0])) return []; // the same picture, drawn with letters
        const drawing = groups[at + 1]?.[0]?.content ?? '';
        return fence.language === 'mermaid'
          ? [{ kind: 'diagram', source: fence.content, drawing }]
          : [{ kind: 'fence', fence }];
      }
      case 'table_open':
        return [{ kind: 'table', rows: rowsOf(group) }];
      default:
        return [];
    }
  });
}

/** The first paragraph of each item of a list. */
function itemsOf(group: readonly Token[]): { inline: Token; bullet: string }[] {
  const items: { inline: Token; bullet: string }[] = [];
  const [list] = group;
  let number = Number(list?.attrGet('start') ?? 1);
  for (const [at, token] of group.entries()) {
    if (token.type !== 'list_item_open' || token.level !== (list?.level ?? 0) + 1) continue;
    const inline = group.slice(at).find(({ type }) => type === 'inline');
    if (inline) items.push({ inline, bullet: list?.type === 'ordered_list_open' ? `${number}.` : '•' });
    number += 1;
  }
  return items;
}

function rowsOf(group: readonly Token[]): Token[][] {
  const rows: Token[][] = [];
  for (const token of group) {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type === 'inline') rows.at(-1)?.push(withParts(token, { children: withoutLinks(token.children ?? []) }));
  }
  return rows;
}

/** A transcript without what the commands print. */
function onlyTyped(fence: Fence): Fence {
  const lines = consoleLines(fence.content).filter(({ typed }) => typed !== undefined);
  return { ...fence, content: `${lines.map(({ text }) => text).join('\n')}\n` };
}

function commands(number: number): Block {
  const lines = [
    [`npm run step ${number} -- --trace true`, 'every system call'],
    [`npm run step ${number} -- --pause`, 'one call at a time'],
    [`npm run lesson ${number} -- --hints`, 'all of this, and the answers'],
    ['npm run watch', 'the exercises, checked on every save'],
  ] as const;
  const content = lines.map(([command, meaning]) => `$ ${command.padEnd(34)} # ${meaning}\n`).join('');
  return { kind: 'fence', fence: { language: 'console', words: [], content, line: 0, endLine: 0 } };
}

const isConsole = (token: Token | undefined) => token?.type === 'fence' && fenceOf(token).language === 'console';
const isMermaid = (token: Token | undefined) => token?.type === 'fence' && fenceOf(token).language === 'mermaid';
const isNumbered = ([token]: readonly Token[]) => token?.type === 'ordered_list_open';
