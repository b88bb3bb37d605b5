/** Pictures: a paragraph that is one SVG file, and below it the same drawn with letters, for the terminal. */
import type { Token } from 'markdown-it';

export interface Picture {
  /** As the page names it: `pictures/00-clone.svg`. */
  readonly source: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
}

/** The picture that a paragraph consists of; undefined for other content. */
export function pictureIn(inline: Token | undefined): Picture | undefined {
  return inline?.type === 'inline' ? pictureOf(inline.children ?? []) : undefined;
}

/** The same, of what stands in the paragraph. */
export function pictureOf([image, ...more]: readonly Token[]): Picture | undefined {
  const source = image?.type === 'image' && more.length === 0 ? String(image.attrGet('src') ?? '') : '';
  return source.endsWith('.svg') ? { source, description: image?.content ?? '' } : undefined;
}

/** Whether the fence at that place draws with letters what the picture above it shows. */
export function isDrawing(tokens: readonly Token[], at: number): boolean {
  return tokens[at]?.type === 'fence' && tokens[at].info.trim() === 'text' && pictureIn(tokens[at - 2]) !== undefined;
}

const STYLE = /<style>[\s\S]*?<\/style>\n?/;

/** An SVG file with another style, or with none: on a page the page's own style counts. */
export function withStyle(svg: string, style: string): string {
  return svg.replace(STYLE, () => (style === '' ? '' : `<style>\n${style}</style>\n`));
}

/** Its style, or undefined if it has none. */
export function styleIn(svg: string): string | undefined {
  return STYLE.exec(svg)?.[0].replace(/^<style>\n|<\/style>\n?$/g, '');
}
