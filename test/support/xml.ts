/** A strict reader of the little XML that the kit writes. */

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @throws Error if it is not well-formed */
export function parseXml(source: string): Element {
  let rest = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  while (rest !== '') {
    const [token = ''] = /^<[^<>]*>|^[^<>]+/.exec(rest) ?? [];
    if (token === '') throw new Error(`not well-formed at: ${rest.slice(0, 60)}`);
    rest = rest.slice(token.length);
    const current = open.at(-1) ?? top;
    const [, closing, name = '', attributes = '', empty] =
      /^<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>$/.exec(token) ?? [];
    if (!token.startsWith('<')) current.text += decode(token);
    else if (name === '') throw new Error(`no tag: ${token}`);
    else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`${token} closes what is not open`);
    } else {
      const element: Element = { name, attributes: read(attributes), children: [], text: '' };
      current.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [root] = top.children;
  if (!root || open.length > 1 || top.children.length > 1) throw new Error('not one whole element');
  return root;
}

function read(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, decode(value)]);
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  const known = text.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  if (/&(?!amp;|lt;|gt;|quot;|apos;)/.test(text)) throw new Error(`a bare &: ${text}`);
  return known;
}
