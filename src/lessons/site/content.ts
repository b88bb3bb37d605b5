/** The content of a lesson as HTML. */
import MarkdownIt, { type RendererRule, type Token } from 'markdown-it';
import type { Library, Page } from '../../catalogue/lessons.ts';
import { alertOf, alerts } from '../../markdown/alerts.ts';
import { consoleLines } from '../../markdown/console.ts';
import { type Fence, fenceOf } from '../../markdown/fences.ts';
import { type Heading, headings } from '../../markdown/headings.ts';
import { escapeHtml, highlightHtml } from '../../markdown/highlight.ts';
import { hrefOf } from './addresses.ts';

export interface Content {
  readonly html: string;
  readonly headings: readonly Heading[];
  readonly hasDiagrams: boolean;
}

/** What a rendering knows; markdown-it hands it from rule to rule. */
interface Env {
  readonly library: Library;
  readonly path: string;
  readonly headings: readonly Heading[];
}

/** What is said above a console block of its needs. */
const NEEDS: Readonly<Record<string, string>> = {
  root: 'as root',
  user: 'as an ordinary user',
  v1: 'cgroup v1',
  v2: 'cgroup v2',
  network: 'with a network',
};

const markdown = new MarkdownIt({ html: false }).use(alerts);

export function contentOf({ path, text }: Page, library: Library): Content {
  const tokens = markdown.parse(text, {});
  const found = headings(tokens);
  const env: Env = { library, path, headings: found };
  return {
    html: markdown.renderer.render(tokens, markdown.options, { ...env }),
    headings: found,
    hasDiagrams: tokens.some(({ type, info }) => type === 'fence' && info.startsWith('mermaid')),
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
    const href = hrefOf(String(tokens[at]?.attrGet('href') ?? ''), path, library);
    // A folder, say: then the text alone has to do.
    return href === undefined ? '<a>' : `<a href="${escapeHtml(href)}">`;
  },
  fence: (tokens, at) => {
    const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
    if (!token || (before?.type === 'fence' && before.info.startsWith('mermaid'))) return '';
    const fence = fenceOf(token);
    if (fence.language === 'mermaid') return diagramHtml(fence, after?.type === 'fence' ? after.content : '');
    return fence.language === 'console' ? consoleHtml(fence) : codeHtml(fence);
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

/** The drawing is what is seen where no script runs; assets/diagrams.js puts the diagram in its place. */
export function diagramHtml({ content }: Pick<Fence, 'content'>, drawing: string): string {
  const source = escapeHtml(content);
  return `<figure class="diagram" data-source="${source}"><pre>${escapeHtml(drawing)}</pre></figure>\n`;
}

/** The copy button takes what has the class `command`. */
export function consoleHtml({ content, words }: Fence): string {
  const lines = consoleLines(content).map(({ text, typed }) =>
    typed ? typedHtml(typed.prompt, typed.command) : `<span class="output">${marked(escapeHtml(text))}</span>`,
  );
  const needs = words.map((word) => NEEDS[word] ?? word).join(', ');
  const caption = needs === '' ? '' : `<figcaption>${escapeHtml(needs)}</figcaption>`;
  return `<figure class="code console">${caption}<pre tabindex="0"><code>${lines.join('\n')}\n</code></pre></figure>\n`;
}

function typedHtml(prompt: string, command: string): string {
  const place = prompt.startsWith('container') ? 'inside' : prompt.startsWith('2') ? 'second' : 'host';
  const code = marked(highlightHtml(command, 'sh'));
  return `<span class="prompt ${place}">${escapeHtml(prompt)} </span><span class="command">${code}</span>`;
}

/** Parts that differ from run to run stand out a little. */
function marked(html: string): string {
  return html.replace(/⟨[^⟩<]*⟩/g, '<span class="varies" title="differs from run to run">$&</span>');
}
