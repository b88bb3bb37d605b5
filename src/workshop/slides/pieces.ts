/**
 * Blocks as HTML, with the height that they will take. The heights are sums over
 * characters, on the cautious side; assets/slides.css has the sizes they stand
 * for, and a test measures every slide in a browser.
 */
import { join } from 'node:path';
import type { Token } from 'markdown-it';
import { top } from '../../catalogue/exercises.ts';
import { codeHtml, consoleHtml, pictureHtml, tokensHtml } from '../../lessons/site/content.ts';
import { startsCommand } from '../../markdown/console.ts';
import type { Fence } from '../../markdown/fences.ts';
import { plainText } from '../../markdown/parse.ts';
import { columnWidths } from '../../markdown/terminal/table.ts';
import type { Block } from './select.ts';

export interface Piece {
  readonly html: string;
  /** In pixels of a slide that is 720 high. */
  readonly height: number;
  /** Whether it belongs to the piece below it. */
  readonly leads: boolean;
  /** Cuts it in two, of which the first is at most that high; undefined if it cannot be cut there. */
  readonly cut?: (height: number) => [Piece, Piece] | undefined;
}

const LESSONS = join(top, 'lessons');
/** The room below the heading. */
export const ROOM = 548;
const GAP = 16;
const PROSE = { columns: 70, row: 39 };
const CODE = { columns: 92, row: 27, frame: 26, caption: 30 };
/** A picture takes what is left, but that at least: then two lines fit above it. */
const PICTURE = 440;
/** No slide has fewer lines of what was cut. */
const FEWEST = 4;
const TABLE = { columns: 94, row: 30, frame: 13, between: 3 };

export function piecesOf(blocks: readonly Block[]): Piece[] {
  return blocks.flatMap((block, at) => {
    const next = blocks[at + 1];
    const isParagraph = block.kind === 'prose' && block.bullet === undefined;
    const leads = isParagraph && next !== undefined && (next.kind !== 'prose' || next.bullet !== undefined);
    return pieceOf(block, leads);
  });
}

function pieceOf(block: Block, leads: boolean): Piece {
  switch (block.kind) {
    case 'prose':
      return prosePiece(block, leads);
    case 'fence':
      return fencePiece(block.fence, block.fence.content.replace(/\n$/, '').split('\n'));
    case 'picture':
      return { html: pictureHtml(block.picture, LESSONS), height: PICTURE, leads: false };
    case 'table':
      return tablePiece(block.rows);
  }
}

function prosePiece({ inline, bullet }: Block & { kind: 'prose' }, leads: boolean): Piece {
  const text = inlineHtml(inline);
  const html = bullet ? `<p class="item"><span>${bullet}</span><span>${text}</span></p>\n` : `<p>${text}</p>\n`;
  const length = plainText({ children: inline } as Token).length + (bullet ? 3 : 0);
  return { html, height: Math.ceil(length / PROSE.columns) * PROSE.row + GAP, leads };
}

function fencePiece(fence: Fence, lines: readonly string[]): Piece {
  const content = `${lines.join('\n')}\n`;
  const html = fence.language === 'console' ? consoleHtml({ ...fence, content }) : codeHtml({ ...fence, content });
  const frame = CODE.frame + GAP + (fence.file || fence.words.length > 0 ? CODE.caption : 0);
  const heights = lines.map((line) => Math.max(1, Math.ceil([...line].length / CODE.columns)) * CODE.row);
  return {
    html,
    height: sum(heights) + frame,
    leads: false,
    cut: (height) => {
      const most = countWithin(heights, height - frame);
      const at = breakBefore(fence, lines, most);
      if (at < FEWEST) return undefined;
      const rest = lines.slice(lines[at] === '' ? at + 1 : at);
      return [fencePiece(fence, lines.slice(0, at)), fencePiece(fence, rest)];
    },
  };
}

/** Where to break lines, `most` of which fit: at a blank line or before a command, if there is one not too far up. */
function breakBefore({ language }: Fence, lines: readonly string[], most: number): number {
  const last = Math.min(most, lines.length - FEWEST);
  for (let at = last; at > most / 3; at--) {
    const line = lines[at] ?? '';
    if (language === 'console' ? startsCommand(line) : line === '') return at;
  }
  return last;
}

function tablePiece(rows: readonly (readonly Token[])[]): Piece {
  const texts = rows.map((row) => row.map((cell) => plainText(cell)));
  const widths = columnWidths(texts, TABLE.columns - TABLE.between * (rows[0]?.length ?? 0));
  const heights = texts.map((row) => {
    const tallest = Math.max(...row.map((cell, at) => Math.ceil(cell.length / (widths[at] ?? 1))));
    return Math.max(1, tallest) * TABLE.row + TABLE.frame;
  });
  const [head = [], ...body] = rows;
  return {
    html: tableHtml(head, body, widths),
    height: sum(heights) + GAP,
    leads: false,
    cut: (height) => {
      const most = countWithin(heights, height - GAP);
      if (most < 3 || most >= rows.length) return undefined;
      return [tablePiece(rows.slice(0, most)), tablePiece([head, ...rows.slice(most)])];
    },
  };
}

function tableHtml(head: readonly Token[], body: readonly (readonly Token[])[], widths: readonly number[]): string {
  const all = sum(widths) + TABLE.between * widths.length;
  const percent = (width: number) => (((width + TABLE.between) / all) * 100).toFixed(1);
  const columns = widths.map((width) => `<col style="width: ${percent(width)}%">`).join('');
  const row = (cells: readonly Token[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${tokensHtml([cell])}</${tag}>`).join('')}</tr>`;
  return `<table><colgroup>${columns}</colgroup><thead>${row(head, 'th')}</thead><tbody>${body
    .map((cells) => row(cells, 'td'))
    .join('')}</tbody></table>\n`;
}

function inlineHtml(inline: readonly Token[]): string {
  return tokensHtml([...inline]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** How many of the heights fit, from the first on. */
function countWithin(heights: readonly number[], room: number): number {
  let used = 0;
  const at = heights.findIndex((height) => {
    used += height;
    return used > room;
  });
  return at < 0 ? heights.length : at;
}
