/** What lessons/CONVENTIONS.md asks of every page, whatever it says. */
import MarkdownIt, { type Token } from 'markdown-it';
import type { Page } from '../../catalogue/lessons.ts';
import { consoleLines } from '../../markdown/console.ts';
import { type Fence, fenceOf } from '../../markdown/fences.ts';
import { parse } from '../../markdown/parse.ts';
import { isDrawing, pictureIn } from '../../markdown/pictures.ts';
import { placeholderProblems } from '../console/placeholders.ts';
import { parseTranscript } from '../console/transcript.ts';
import type { Finding } from '../finding.ts';

const LANGUAGES = ['console', 'ts', 'c', 'sh', 'text'];
const CODE = ['ts', 'c', 'sh'];
/** So that it fits the narrowest terminals, with a margin. */
const DRAWING_WIDTH = 76;
/** A command that is broken on a terminal of 80 columns can't be copied from there. */
const TYPED_WIDTH = 76;

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
    if (/^\[!\w+\]\n\*\*.*\*\*\n/.test(token.content) && token.type === 'inline')
      say(line, 'The title of a box stands alone: put a line with > and nothing else below it.');
    if (pictureIn(token)) checkDrawing(tokens, at + 2, line, say);
    if (token.type === 'fence') checkFence(fenceOf(token), say);
  }
  for (const line of htmlLines(text)) say(line, 'Raw HTML is off in the lessons.');
  return findings;
}

type Say = (line: number, message: string) => void;

/** Below a picture the same is drawn with letters. */
function checkDrawing(tokens: readonly Token[], at: number, line: number, say: Say): void {
  if (!isDrawing(tokens, at)) {
    say(line, 'Draw the same picture in a ```text fence right below: it is what the terminal shows.');
    return;
  }
  const drawing = tokens[at];
  if (drawing?.content.split('\n').some((drawn) => [...drawn].length > DRAWING_WIDTH))
    say((drawing.map?.[0] ?? 0) + 1, `The picture for the terminal is wider than ${DRAWING_WIDTH} columns.`);
}

function checkFence(fence: Fence, say: Say): void {
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
}

function checkConsole(fence: Fence, say: Say): void {
  const { problems, commands } = parseTranscript(fence);
  for (const { line, message } of problems) say(line, message);
  for (const [index, { text, typed }] of consoleLines(fence.content).entries()) {
    if (typed && [...text].length > TYPED_WIDTH)
      say(
        fence.line + 1 + index,
        `A line to type has at most ${TYPED_WIDTH} columns: break it with \\, and go on with > .`,
      );
  }
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
