/** Console blocks as HTML. The copy button takes what has the class `command`. */

import type { Fence } from '../../markdown/fences.ts';
import { escapeHtml, highlightHtml } from '../../markdown/highlight.ts';
import { promptOf } from '../console/transcript.ts';

const NEEDS: Readonly<Record<string, string>> = {
  root: 'as root',
  user: 'as an ordinary user',
  v1: 'cgroup v1',
  v2: 'cgroup v2',
  network: 'with a network',
};

export function consoleHtml({ content, words }: Fence): string {
  let typing = false;
  const lines = content
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const typed =
        promptOf(line) ?? (typing && line.startsWith('> ') ? { prompt: '>', command: line.slice(2) } : undefined);
      typing = typed !== undefined;
      return typed ? typedHtml(typed.prompt, typed.command) : `<span class="output">${marked(escapeHtml(line))}</span>`;
    });
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
