/** Links within the repository: the file is there, and so is the anchor. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '../../catalogue/lessons.ts';
import { headings } from '../../markdown/headings.ts';
import { targetOf } from '../../markdown/links.ts';
import { inlineTokens, parse } from '../../markdown/parse.ts';
import type { Finding } from '../finding.ts';

const WEB = /^https?:\/\//;

export function checkLinks(page: Page, top: string): Finding[] {
  const { path, text } = page;
  return inlineTokens(parse(text)).flatMap(({ token, line }): Finding[] => {
    const href = token.attrGet(token.type === 'image' ? 'src' : 'href')?.toString();
    if (href === undefined) return [];
    const message = problemOf(href, page, top);
    return message === undefined ? [] : [{ path, line, message: `The link to ${href}: ${message}` }];
  });
}

function problemOf(href: string, from: Page, top: string): string | undefined {
  const target = targetOf(href, from.path);
  if (!target) return WEB.test(href) ? undefined : 'only http, https and files can be linked.';
  const { path, anchor } = target;
  if (path.startsWith('..') || path.startsWith('/')) return 'it leads out of the repository.';
  if (!existsSync(join(top, path))) return `there is no ${path}.`;
  if (anchor === '') return undefined;
  if (!path.endsWith('.md')) return 'lines move; link to the file alone.';
  const text = path === from.path ? from.text : readFileSync(join(top, path), 'utf8');
  const slugs = headings(parse(text)).map(({ slug }) => slug);
  if (slugs.includes(anchor)) return undefined;
  return `${path} has no heading for #${anchor}. It has: ${slugs.map((slug) => `#${slug}`).join(' ')}`;
}
