/** What lessons/CONVENTIONS.md asks of every page, whatever it says. */
import MarkdownIt from 'markdown-it';
import type { Page } from '../../catalogue/lessons.ts';
import { type Fence, fenceOf } from '../../markdown/fences.ts';
import { parse } from '../../markdown/parse.ts';
import { placeholderProblems } from '../console/placeholders.ts';
import { parseTranscript } from '../console/transcript.ts';
import type { Finding } from '../finding.ts';

const LANGUAGES = ['console', 'ts', 'c', 'sh', 'mermaid', 'text'];
const CODE = ['ts', 'c', 'sh'];
/** So that it fits the narrowest terminals, with a margin. */
const DRAWING_WIDTH = 76;

const withHtml = new MarkdownIt({ html: true });

export function checkForm({ path, text }: Page): Finding[] {
  const findings: Finding[] = [];
  const say = (line: number, message: string) => findings.push({ path, line, message });
  const tokens = parse(text);

  const titles = tokens.filter(({ type, tag }) => type === 'heading_open' && tag === 'h1');
  if (titles.length !== 1 || titles[0]?.map?.[0] !== 0)
    say(1, 'The first line, and no other, is a # heading: the title.');

  for (const [at, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1;
    if (token.type === 'code_block') say(line, 'Code goes in a fence, not in an indented block.');
    if (token.type !== 'fence') continue;
    const next = tokens[at + 1];
    checkFence(fenceOf(token), next?.type === 'fence' ? fenceOf(next) : undefined, say);
  }
  for (const line of htmlLines(text)) say(line, 'Raw HTML is off in the lessons.');
  return findings;
}

function checkFence(fence: Fence, next: Fence | undefined, say: (line: number, message: string) => void): void {
  const { language, file, words, line } = fence;
  if (!LANGUAGES.includes(language)) {
    say(line, `A fence of ${language || 'no language'} is checked by nobody. Use one of ${LANGUAGES.join(', ')}.`);
  }
  if (language === 'console') checkConsole(fence, say);
  else if (words.length > 0) say(line, `${words[0]}: only console fences have words of their own.`);
  if (CODE.includes(language) && file === undefined) {
    say(line, `Name the source: \`\`\`${language} file=PATH#REGION. What is only to be read is \`\`\`text.`);
  }
  if (!CODE.includes(language) && file !== undefined)
    say(line, `file= is for ${CODE.join(', ')}, not for ${language}.`);
  if (language !== 'mermaid') return;
  if (next?.language !== 'text') {
    say(line, 'Draw the same picture in a ```text fence right below: it is what the terminal shows.');
  } else if (next.content.split('\n').some((drawn) => [...drawn].length > DRAWING_WIDTH)) {
    say(next.line, `The picture for the terminal is wider than ${DRAWING_WIDTH} columns.`);
  }
}

function checkConsole(fence: Fence, say: (line: number, message: string) => void): void {
  const { problems, commands } = parseTranscript(fence);
  for (const { line, message } of problems) say(line, message);
  for (const { line, text, expected } of commands) {
    for (const [offset, content] of [...text.split('\n'), ...expected].entries()) {
      for (const message of placeholderProblems(content)) say(line + offset, message);
    }
  }
}

function htmlLines(text: string): number[] {
  let line = 1;
  return withHtml.parse(text, {}).flatMap((token) => {
    if (token.map) line = token.map[0] + 1;
    const isHtml = token.type === 'html_block' || token.children?.some(({ type }) => type === 'html_inline');
    return isHtml ? [line] : [];
  });
}
