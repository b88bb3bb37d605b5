/**
 * What of a lesson becomes slides, and under which headings. The rules, which
 * workshop/README.md tells the teacher:
 *
 * - The title, with the question of the lesson's first paragraph.
 * - Of every section that is not named below: the sentences in bold, and all
 *   tables, pictures, code and transcripts.
 * - An experiment is asked first: what stands before its first transcript, in
 *   full, and the commands without what they print. Then comes what they print,
 *   and why: again what is bold.
 * - "Check your understanding": the questions without the answers.
 * - Left out: how others do it, exercises, reading lists; boxes, and all that is
 *   folded.
 */
import type { Token } from 'markdown-it';
import type { Lesson } from '../../catalogue/lessons.ts';
import { consoleLines } from '../../markdown/console.ts';
import { type Fence, fenceOf } from '../../markdown/fences.ts';
import { copyOf } from '../../markdown/glossary.ts';
import { parse, plainText } from '../../markdown/parse.ts';
import { isDrawing, type Picture, pictureIn } from '../../markdown/pictures.ts';
import { marked, withoutLinks } from './marked.ts';

const LEFT_OUT = ['How others do it', 'By hand', 'Exercise', 'Your turn', 'Manual pages'];
/** What a slide says of a paragraph. */
type Part = 'marked' | 'whole';

const EXPERIMENTS = 'Experiments';
const QUESTIONS = 'Check your understanding';

export type Block =
  | { readonly kind: 'prose'; readonly inline: readonly Token[]; readonly bullet?: string }
  | { readonly kind: 'fence'; readonly fence: Fence }
  | { readonly kind: 'picture'; readonly picture: Picture }
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
interface Section {
  readonly section: string;
  readonly heading: string;
  readonly groups: readonly Token[][];
}

export function topicsOf({ number, title, text }: Lesson): Topic[] {
  const [opening, ...parts] = partsOf(parse(text));
  const [question, ...rest] = opening?.groups ?? [];
  const over = `Lesson ${number}`;
  return [
    { over, heading: title, blocks: question ? blocksOf([question], 'marked') : [], isTitle: true as const },
    { over, heading: 'See for yourself', blocks: blocksOf(rest, 'marked') },
    ...parts.filter(({ section }) => !LEFT_OUT.includes(section)).flatMap((part) => topicsOfPart(part, over)),
    { over, heading: 'Now you', blocks: [commands(number)] },
  ].filter(({ blocks }) => blocks.length > 0);
}

function topicsOfPart({ section, heading, groups }: Section, lesson: string): Topic[] {
  if (section === QUESTIONS) return [{ over: lesson, heading, blocks: blocksOf(groups.filter(isNumbered), 'whole') }];
  if (section !== EXPERIMENTS) {
    const over = heading === section ? lesson : section;
    return [{ over, heading, blocks: blocksOf(groups, 'marked') }];
  }
  const at = groups.findIndex(([token]) => isConsole(token));
  if (at < 0) return [{ over: 'Experiment', heading, blocks: blocksOf(groups, 'marked') }];
  const transcript = fenceOf(groups[at]?.[0] as Token);
  const asked = [...blocksOf(groups.slice(0, at), 'whole'), { kind: 'fence', fence: onlyTyped(transcript) } as const];
  return [
    { over: 'Experiment: what do you expect?', heading, blocks: asked },
    { over: 'Experiment: what happens', heading, blocks: blocksOf(groups.slice(at), 'marked') },
  ];
}

function partsOf(tokens: readonly Token[]): Section[] {
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

function blocksOf(groups: readonly Token[][], part: Part): Block[] {
  const prose = (inline: Token, more: { bullet?: string } = {}): Block[] => {
    const said = withoutLinks(part === 'whole' ? (inline.children ?? []) : marked(inline.children ?? []));
    return said.length === 0 ? [] : [{ kind: 'prose', inline: said, ...more }];
  };
  return groups.flatMap((group, at): Block[] => {
    const [first, inline] = group;
    switch (first?.type) {
      case 'paragraph_open': {
        const picture = pictureIn(inline);
        if (picture) return [{ kind: 'picture', picture }];
        return inline ? prose(inline) : [];
      }
      case 'bullet_list_open':
      case 'ordered_list_open':
        return itemsOf(group).flatMap(({ inline: item, bullet }) => prose(item, { bullet }));
      case 'fence':
        return isDrawing(groups.flat(), groups.slice(0, at).flat().length)
          ? []
          : [{ kind: 'fence', fence: fenceOf(first) }];
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
    if (token.type === 'inline') rows.at(-1)?.push(copyOf(token, { children: withoutLinks(token.children ?? []) }));
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
const isNumbered = ([token]: readonly Token[]) => token?.type === 'ordered_list_open';
