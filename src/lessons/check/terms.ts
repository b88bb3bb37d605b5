/** No word is used before it is explained or linked, and the glossary has all names of errors, signals and capabilities. */
import type { Library } from '../../catalogue/lessons.ts';
import { firstUses, termsOf } from '../../markdown/glossary.ts';
import { inlineTokens, parse } from '../../markdown/parse.ts';
import type { Finding } from '../finding.ts';

/** Of an error, a signal, a capability. */
const NAME = /\b(?:E[A-Z]{3,}|SIG[A-Z]{2,}|CAP_[A-Z_]+)\b/g;

export function checkTerms({ lessons, glossary }: Library): Finding[] {
  if (!glossary) return [];
  const pages = lessons.map(({ path, text }) => ({ path, tokens: parse(text) }));
  const terms = termsOf(glossary).flatMap((term): Finding[] => {
    for (const { path, tokens } of pages) {
      const [use] = firstUses(tokens, [term]);
      if (use?.state === 'bare') {
        const message = `The first use of “${term.name}”: link it to glossary.md#${term.slug}, or explain it, with *emphasis*.`;
        return [{ path, line: use.line, message }];
      }
      if (use) return [];
    }
    return [{ path: glossary.path, line: 1, message: `No lesson uses the word “${term.name}”.` }];
  });
  const known: ReadonlySet<string> = new Set(glossary.text.match(NAME));
  const names = pages.flatMap(({ path, tokens }) =>
    inlineTokens(tokens)
      .filter(({ token }) => token.type === 'text' || token.type === 'code_inline')
      .flatMap(({ token, line }) => (token.content.match(NAME) ?? []).map((name) => ({ name, line })))
      .filter(({ name }) => !known.has(name))
      .map(({ name, line }) => ({ path, line, message: `The glossary does not say what ${name} means.` })),
  );
  return [...terms, ...names];
}
