/** What a page promises for later has a link to where it comes. */
import type { Token } from 'markdown-it';
import type { Page } from '../../catalogue/lessons.ts';
import { parse } from '../../markdown/parse.ts';
import type { Finding } from '../finding.ts';

const PROMISE =
  /\b(?:(?:a|in) later (?:step|lesson|part)s?|later (?:step|lesson)s|next (?:step|lesson)|last step|(?:step|lesson)s? \d+ (?:shows|brings|changes|takes|makes|is about|will)|will (?:matter|come|show|see|know|learn|meet)|(?:comes?|more) later|one of the experiments|lesson \d)\b/i;
const LINK = '\u0001';
const SIGNS: Readonly<Record<string, string>> = { link_open: LINK, softbreak: '\n', hardbreak: '\n' };
const END = /(?<=[.?!:]["”')]*)(?=\s)/;

export function checkPromises({ path, text }: Page): Finding[] {
  const tokens = parse(text);
  return tokens.flatMap((token, at): Finding[] => {
    if (token.type !== 'inline' || tokens[at - 1]?.type === 'heading_open') return [];
    return sentencesOf(token.children ?? [], (token.map?.[0] ?? 0) + 1)
      .filter(({ words }) => PROMISE.test(words.replaceAll(LINK, '')) && !words.includes(LINK))
      .map(({ words, line }) => {
        const [promise] = PROMISE.exec(words) ?? [''];
        return { path, line, message: `“${promise}” promises something: link the place where it comes.` };
      });
  });
}

/** The sentences of a paragraph, with a sign where a link begins. */
function sentencesOf(children: readonly Token[], first: number): { words: string; line: number }[] {
  const text = children.map(({ type, content }) => SIGNS[type] ?? (type === 'text' ? content : '')).join('');
  let line = first;
  return text.split(END).map((sentence) => {
    const blanks = /^\s*/.exec(sentence)?.[0] ?? '';
    const start = line + linesIn(blanks);
    line += linesIn(sentence);
    return { words: sentence.replaceAll('\n', ' '), line: start };
  });
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
