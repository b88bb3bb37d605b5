/** Markdown's flat list of tokens as a tree. */
import type { Token } from 'markdown-it';

export interface Node {
  readonly token: Token;
  readonly children: readonly Node[];
}

/** Opening tokens get what stands between them and their ends; the ends go. */
export function treeOf(tokens: readonly Token[]): Node[] {
  const root: Node[] = [];
  const open: Node[][] = [root];
  for (const token of tokens) {
    if (token.nesting < 0) {
      open.pop();
      continue;
    }
    const children = token.children ? treeOf(token.children) : [];
    open.at(-1)?.push({ token, children });
    if (token.nesting > 0) open.push(children);
  }
  return root;
}
