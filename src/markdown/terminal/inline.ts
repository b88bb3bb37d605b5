/** Inline Markdown for the terminal: emphasis, code, links. */
import { leadsToGlossary } from '../glossary.ts';
import { targetOf } from '../links.ts';
import type { Node } from '../parse.ts';
import type { Style } from './style.ts';

export interface InlineContext {
  readonly style: Style;
  /** The page that links start from. */
  readonly path: string;
}

/** Behind a word that the glossary explains; the end of the page says so. */
export const IN_GLOSSARY = '°';
/** `clone(2)` says by itself what to type. */
const MANUAL_PAGE = /^[\w.-]+\(\d\w*\)$/;
const LESSON = /^lessons\/(\d\d)-[a-z0-9-]+\.md$/;

export function inlineText(nodes: readonly Node[], context: InlineContext): string {
  return nodes.map((node) => nodeText(node, context)).join('');
}

function nodeText({ token, children }: Node, context: InlineContext): string {
  const { style } = context;
  const inner = () => inlineText(children, context);
  switch (token.type) {
    case 'softbreak':
      return ' ';
    case 'hardbreak':
      return '\n';
    case 'code_inline':
      return style.code(token.content);
    case 'strong_open':
      return style.strong(inner());
    case 'em_open':
      return style.em(inner());
    case 'link_open':
      if (leadsToGlossary(token)) return `${style.link(inner())}${IN_GLOSSARY}`;
      return linkText(inner(), String(token.attrGet('href') ?? ''), context);
    case 'image':
      return `[${token.content}]`;
    case 'inline':
      return inner();
    default:
      // Lines of a text may have been joined.
      return token.content.replaceAll('\n', ' ') + inner();
  }
}

/** What to type or open is said beside the text: a terminal has nothing to click on. */
function linkText(text: string, href: string, { style, path }: InlineContext): string {
  const where = MANUAL_PAGE.test(text) ? '' : destination(href, path);
  return where === '' || where === text ? style.link(text) : `${style.link(text)} ${style.faint(`(${where})`)}`;
}

function destination(href: string, from: string): string {
  const target = targetOf(href, from);
  if (!target) return href;
  if (target.path === from) return '';
  const number = LESSON.exec(target.path)?.[1];
  return number ? `npm run lesson ${Number(number)}` : target.path;
}
