/** The content of a lesson as HTML. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import MarkdownIt, { type RendererRule, type Token } from 'markdown-it';
import type { Library, Page } from '../../catalogue/lessons.ts';
import { alertOf, alerts } from '../../markdown/alerts.ts';
import { consoleLines, needsText } from '../../markdown/console.ts';
import { type Fence, fenceOf } from '../../markdown/fences.ts';
import { leadsToGlossary, termsOf, withTermLinks } from '../../markdown/glossary.ts';
import { type Heading, headings } from '../../markdown/headings.ts';
import { escapeHtml, highlightHtml } from '../../markdown/highlight.ts';
import { isDrawing, type Picture, pictureIn, pictureOf, withStyle } from '../../markdown/pictures.ts';
import { hrefOf } from './addresses.ts';

export interface Content {
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** What a rendering knows; markdown-it hands it from rule to rule. */
interface Env {
  readonly library: Library;
  readonly path: string;
  readonly headings: readonly Heading[];
  readonly elsewhere: readonly string[];
}

const markdown = new MarkdownIt({ html: false }).use(alerts);

/** `elsewhere` are words of console blocks that are for another kind of machine: they are folded. */
export function contentOf({ path, text }: Page, library: Library, elsewhere: readonly string[] = []): Content {
  const { lessons, glossary } = library;
  const terms = glossary && lessons.some((lesson) => lesson.path === path) ? termsOf(glossary) : [];
  const tokens = withTermLinks(markdown.parse(text, {}), terms);
  const found = headings(tokens);
  const env: Env = { library, path, headings: found, elsewhere };
  return {
    html: markdown.renderer.render(tokens, markdown.options, { ...env }),
    headings: found,
  };
}

/** Blocks, or parts of a paragraph, on their own: without headings, and without links. */
export function tokensHtml(tokens: Token[]): string {
  return markdown.renderer.render(tokens, markdown.options, {});
}

const rules: Readonly<Record<string, RendererRule>> = {
  heading_open: (tokens, at, _options, env) => {
    const line = (tokens[at]?.map?.[0] ?? 0) + 1;
    const heading = (env as unknown as Env).headings.find((candidate) => candidate.line === line);
    return `<${tokens[at]?.tag} id="${escapeHtml(heading?.slug ?? '')}">`;
  },
  link_open: (tokens, at, _options, env) => {
    const { path, library } = env as unknown as Env;
    const token = tokens[at];
    const href = hrefOf(String(token?.attrGet('href') ?? ''), path, library);
    const kind = token && leadsToGlossary(token) ? ' class="term"' : '';
    // A folder, say: then the text alone has to do.
    return href === undefined ? '<a>' : `<a${kind} href="${escapeHtml(href)}">`;
  },
  paragraph_open: (tokens, at, options, env, self) => {
    const picture = pictureIn(tokens[at + 1]);
    if (!picture) return self.renderToken(tokens, at, options);
    const { path, library } = env as unknown as Env;
    return pictureHtml(picture, join(library.top, dirname(path)));
  },
  paragraph_close: (tokens, at, options, _env, self) =>
    pictureIn(tokens[at - 1]) ? '' : self.renderToken(tokens, at, options),
  image: (tokens, at) => (pictureOf(tokens) ? '' : escapeHtml(tokens[at]?.content ?? '')),
  // In a table a long command may be broken between its words, and nowhere else.
  code_inline: (tokens, at) => {
    const words = (tokens[at]?.content ?? '').split(' ').map((word) => `<span>${escapeHtml(word)}</span>`);
    return `<code>${words.join(' ')}</code>`;
  },
  fence: (tokens, at, _options, env) => {
    const token = tokens[at];
    if (!token || isDrawing(tokens, at)) return '';
    const fence = fenceOf(token);
    if (fence.language !== 'console') return codeHtml(fence);
    const { elsewhere = [] } = env as unknown as Partial<Env>;
    return fence.words.some((word) => elsewhere.includes(word)) ? foldedHtml(fence) : consoleHtml(fence);
  },
  alert_open: (tokens, at) => {
    const token = tokens[at];
    if (!token) return '';
    const { kind, title } = alertOf(token);
    if (kind === 'tip') return `<details class="tip"><summary>${escapeHtml(title)}</summary>\n`;
    return `<aside class="alert ${kind}"><p class="alert-title">${escapeHtml(title)}</p>\n`;
  },
  alert_close: (tokens, at) => {
    const token = tokens[at];
    return token && alertOf(token).kind === 'tip' ? '</details>\n' : '</aside>\n';
  },
  table_open: () => '<div class="table" tabindex="0"><table>\n',
  table_close: () => '</table></div>\n',
};
Object.assign(markdown.renderer.rules, rules);

export function codeHtml({ language, content, file }: Pick<Fence, 'language' | 'content' | 'file'>): string {
  const caption = file ? `<figcaption>${escapeHtml(file)}</figcaption>` : '';
  const code = highlightHtml(content, language);
  return `<figure class="code">${caption}<pre tabindex="0"><code>${code}</code></pre></figure>\n`;
}

/** The picture itself, so that it has the colours of the page. `directory` is where its page is. */
export function pictureHtml({ source, description }: Picture, directory: string): string {
  const svg = withStyle(readFileSync(join(directory, source), 'utf8'), '');
  const label = `role="img" aria-label="${escapeHtml(description)}"`;
  return `<figure class="drawing">${svg.replace('<svg ', `<svg ${label} `).trimEnd()}</figure>\n`;
}

function foldedHtml(fence: Fence): string {
  const summary = `With ${needsText(fence.words)}, which this machine does not have`;
  return `<details class="elsewhere"><summary>${escapeHtml(summary)}</summary>\n${consoleHtml(fence)}</details>\n`;
}

/**
 * The copy button takes what has the class `command`. Where there are several
 * terminals, or a part is to be filled in, each command is copied by itself.
 */
export function consoleHtml({ content, words }: Fence): string {
  const parsed = consoleLines(content);
  const places = new Set(parsed.flatMap(({ typed }) => (typed && !typed.goesOn ? [typed.prompt] : [])));
  const isOne = places.size < 2 && !parsed.some(({ typed }) => typed?.command.includes('⟨'));
  const lines = parsed.map(({ text, typed }) =>
    typed ? typedHtml(typed.prompt, typed.command) : `<span class="output">${marked(escapeHtml(text))}</span>`,
  );
  const needs = needsText(words);
  const caption = needs === '' ? '' : `<figcaption>${escapeHtml(needs)}</figcaption>`;
  return `<figure class="code console${isOne ? '' : ' apart'}">${caption}<pre tabindex="0"><code>${lines.join('\n')}\n</code></pre></figure>\n`;
}

const PLACES: Readonly<Record<string, string>> = { '2#': 'second', '2$': 'second', user$: 'user', '>': 'goes-on' };

function typedHtml(prompt: string, command: string): string {
  const place = prompt.startsWith('container') ? 'inside' : (PLACES[prompt] ?? 'host');
  const code = marked(highlightHtml(command, 'sh'));
  return `<span class="prompt ${place}">${escapeHtml(prompt)} </span><span class="command">${code}</span>`;
}

/** Parts that differ from run to run stand out a little. */
function marked(html: string): string {
  return html.replace(/⟨[^⟩<]*⟩/g, '<span class="varies" title="differs from run to run">$&</span>');
}
