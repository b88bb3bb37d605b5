/**
 * GitHub's alerts: a blockquote whose first line is `[!TIP]` or one of its
 * siblings. Its tokens become `alert_open` and `alert_close`, with an Alert in
 * `meta`; the marker and the title are taken out of the content.
 */
import type { MarkdownIt, StateCore, Token } from 'markdown-it';

export const KINDS = ['tip', 'note', 'important', 'warning', 'caution'] as const;
export type Kind = (typeof KINDS)[number];

export interface Alert {
  readonly kind: Kind;
  readonly title: string;
}

const MARKER = /^\[!([A-Z]+)\]$/;
const TITLES: Readonly<Record<Kind, string>> = {
  tip: 'Hint',
  note: 'Note',
  important: 'Important',
  warning: 'Warning',
  caution: 'Caution',
};

export function alerts(markdown: MarkdownIt): void {
  markdown.core.ruler.push('alerts', findAlerts);
}

export function alertOf({ meta }: Token): Alert {
  return meta as unknown as Alert;
}

function findAlerts({ tokens }: StateCore): void {
  for (let at = 0; at < tokens.length; at++) {
    const [quote, , inline] = tokens.slice(at, at + 3);
    if (quote?.type !== 'blockquote_open' || inline?.type !== 'inline') continue;
    const kind = takeMarker(inline);
    if (!kind) continue;
    if (inline.children?.length === 0) tokens.splice(at + 1, 3);
    const alert = { kind, title: takeTitle(tokens, at + 1) ?? TITLES[kind] };
    const close = tokens.findIndex(
      ({ type, level }, index) => index > at && type === 'blockquote_close' && level === quote.level,
    );
    for (const [token, type] of [
      [quote, 'alert_open'],
      [tokens[close], 'alert_close'],
    ] as const) {
      if (token) Object.assign(token, { type, meta: alert });
    }
  }
}

/** Takes `[!TIP]` away from the front of a paragraph. */
function takeMarker({ children }: Token): Kind | undefined {
  const name = MARKER.exec(children?.[0]?.content ?? '')?.[1]?.toLowerCase();
  const kind = KINDS.find((candidate) => candidate === name);
  if (kind) children?.splice(0, children[1]?.type === 'softbreak' ? 2 : 1);
  return kind;
}

/** Takes a paragraph away that is nothing but bold text. */
function takeTitle(tokens: Token[], at: number): string | undefined {
  const [open, inline] = tokens.slice(at, at + 2);
  const parts = (inline?.children ?? []).filter(({ type, content }) => type !== 'text' || content !== '');
  const isBold =
    parts[0]?.type === 'strong_open' && parts.findIndex(({ type }) => type === 'strong_close') === parts.length - 1;
  if (open?.type !== 'paragraph_open' || !isBold) return undefined;
  tokens.splice(at, 3);
  return parts.map(({ content }) => content).join('');
}
