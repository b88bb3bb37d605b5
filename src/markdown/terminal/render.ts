/** A lesson as lines for a terminal. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { alertOf } from '../alerts.ts';
import { needsText } from '../console.ts';
import { fenceOf } from '../fences.ts';
import { leadsToGlossary, type Term, withTermLinks } from '../glossary.ts';
import { type Node, parse, treeOf } from '../parse.ts';
import { pictureIn } from '../pictures.ts';
import { codeLines } from './code-block.ts';
import { IN_GLOSSARY, type InlineContext, inlineText } from './inline.ts';
import type { Style } from './style.ts';
import { tableLines } from './table.ts';

export interface View {
  /** In columns. */
  readonly width: number;
  readonly style: Style;
  /** Whether folded hints are shown. */
  readonly hints: boolean;
  /** Words of console blocks that are for another kind of machine, such as `v1`: they are folded, too. */
  readonly elsewhere?: readonly string[];
  /** What the glossary explains: the first use of each is marked. */
  readonly terms?: readonly Term[];
}

const GLOSSARY_NOTE = `${IN_GLOSSARY} What that means: npm run lesson glossary`;

/** A page of Markdown; `path` is from the top of the repository: its links start from there. */
interface Source {
  readonly path: string;
  readonly text: string;
}

/** A block of the page. Whoever cuts it into screens keeps a heading with what follows, and a text with its block. */
export interface Part {
  readonly kind: 'heading' | 'text' | 'list' | 'block';
  readonly lines: readonly string[];
}

export function render(source: Source, view: View): string {
  return joined(renderParts(source, view));
}

/** The parts below each other, a blank line between them. */
export function joined(parts: readonly Part[]): string {
  return `${parts.map(({ lines }) => lines.join('\n')).join('\n\n')}\n`;
}

export function renderParts({ path, text }: Source, view: View): Part[] {
  const tokens = withTermLinks(parse(text), view.terms ?? []);
  const renderer = new Renderer({ ...view, path });
  const isMarked = tokens.some(({ children }) => children?.some(leadsToGlossary));
  const note: Part[] = isMarked ? [{ kind: 'text', lines: [view.style.faint(GLOSSARY_NOTE)] }] : [];
  const nodes = treeOf(tokens);
  // Below the title it is read before the first mark.
  const title = nodes[0]?.token.tag === 'h1' ? nodes.splice(0, 1) : [];
  const parts = (some: readonly Node[]) =>
    some.map((node): Part => ({ kind: KINDS[node.token.type] ?? 'block', lines: renderer.blocks([node], view.width) }));
  const all = title.length > 0 ? [...parts(title), ...note, ...parts(nodes)] : [...parts(nodes), ...note];
  return all.filter(({ lines }) => lines.length > 0);
}

const KINDS: Readonly<Record<string, Part['kind']>> = {
  heading_open: 'heading',
  paragraph_open: 'text',
  bullet_list_open: 'list',
  ordered_list_open: 'list',
};

class Renderer {
  readonly #context: InlineContext & View;

  constructor(context: InlineContext & View) {
    this.#context = context;
  }

  /** Blocks below each other, a blank line between them. */
  blocks(nodes: readonly Node[], width: number): string[] {
    return nodes
      .map((node) => this.#block(node, width))
      .filter((lines) => lines.length > 0)
      .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
  }

  #block(node: Node, width: number): string[] {
    const { style } = this.#context;
    const { token, children } = node;
    switch (token.type) {
      case 'heading_open':
        return this.#wrapped(children, width).map(token.tag === 'h1' ? style.title : style.heading);
      case 'fence':
        return this.#fence(node, width);
      case 'code_block':
        return codeLines({ language: '', content: token.content }, width, style);
      case 'bullet_list_open':
        return this.#items(children, width, () => '• ');
      case 'ordered_list_open': {
        const first = Number(token.attrGet('start') ?? 1);
        return this.#items(children, width, (index) => `${first + index}. `);
      }
      case 'alert_open':
        return this.#alert(node, width);
      case 'blockquote_open':
        return this.#indented(children, width, style.faint('│ '));
      case 'table_open':
        return tableLines(node, width, this.#context);
      case 'paragraph_open':
        // Below a picture the same is drawn with letters.
        return pictureIn(children[0]?.token) ? [] : this.#wrapped(children, width);
      case 'hr':
        return [style.faint('─'.repeat(width))];
      default:
        return this.#wrapped(children, width);
    }
  }

  #fence({ token }: Node, width: number): string[] {
    const { style, elsewhere = [], hints } = this.#context;
    const fence = fenceOf(token);
    if (hints || !fence.words.some((word) => elsewhere.includes(word))) return codeLines(fence, width, style);
    return folded(`With ${needsText(fence.words)}, which this machine does not have`, width, style);
  }

  #wrapped(children: readonly Node[], width: number): string[] {
    const text = inlineText(children, this.#context);
    return wrapAnsi(text, width, { hard: true }).split('\n');
  }

  #indented(children: readonly Node[], width: number, prefix: string): string[] {
    return this.blocks(children, width - stringWidth(prefix)).map((line) => `${prefix}${line}`);
  }

  #items(items: readonly Node[], width: number, bulletAt: (index: number) => string): string[] {
    // In a tight list markdown-it hides the paragraphs.
    const isTight = items.every(({ children }) =>
      children.every(({ token }) => token.type !== 'paragraph_open' || token.hidden),
    );
    return items.flatMap(({ children }, index) => {
      const bullet = bulletAt(index);
      const room = width - bullet.length;
      const lines = isTight ? children.flatMap((child) => this.#block(child, room)) : this.blocks(children, room);
      const indented = lines.map((line, at) => (at === 0 ? bullet : ' '.repeat(bullet.length)) + line);
      return isTight || index === 0 ? indented : ['', ...indented];
    });
  }

  #alert({ token, children }: Node, width: number): string[] {
    const { style, hints } = this.#context;
    const { kind, title } = alertOf(token);
    if (kind === 'tip' && !hints) return folded(title, width, style);
    const head = wrapAnsi(`▾ ${style.strong(title)}`, width).split('\n');
    return [...head, ...this.#indented(children, width, style.box('│ '))];
  }
}

function folded(title: string, width: number, style: Style): string[] {
  return [...wrapAnsi(`▸ ${style.strong(title)}`, width).split('\n'), style.faint('  (folded; shown with -- --hints)')];
}
