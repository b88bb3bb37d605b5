/** A descriptor that a transcript opens in the reader's shell is closed again: it would keep a pipe or a namespace alive. */
import type { Page } from '../../catalogue/lessons.ts';
import { fences } from '../../markdown/fences.ts';
import { parse } from '../../markdown/parse.ts';
import { parseTranscript } from '../console/transcript.ts';
import type { Finding } from '../finding.ts';

const OPENED = /\bexec (\d+)(?:<>|<|>)(?!&)/g;

export function checkDescriptors({ path, text }: Page): Finding[] {
  return fences(parse(text))
    .filter(({ language }) => language === 'console')
    .flatMap((fence) => {
      const { commands } = parseTranscript(fence);
      return commands.flatMap((command, at) =>
        [...command.text.matchAll(OPENED)]
          .filter(([, number]) => {
            const later = commands.slice(at).filter(({ place }) => place === command.place);
            return !later.some((other) => new RegExp(`\\bexec ${number}[<>]&-`).test(other.text));
          })
          .map(([, number]) => ({
            path,
            line: command.line,
            message: `Descriptor ${number} stays open in the reader's shell. Close it: exec ${number}<&-`,
          })),
      );
    });
}
