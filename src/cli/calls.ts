/** `npm run calls`: the calls and helpers that a solution may use. `npm run calls -- mount`: all of one. */
import { usables } from '../catalogue/calls.ts';
import { callPage, callsPage, usablesNamed } from '../catalogue/calls-page.ts';
import { CALLS_PAGE } from '../catalogue/lessons.ts';
import { command } from '../command-line/command.ts';
import { nearest } from '../command-line/nearest.ts';
import { flag } from '../command-line/options.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { page } from '../markdown/terminal/pager.ts';
import { render } from '../markdown/terminal/render.ts';
import { terminalView } from '../markdown/terminal/screen.ts';
import { callsText } from '../practice/calls-text.ts';

const AS_MARKDOWN = flag('--markdown', `print Markdown: that of ${CALLS_PAGE}`);

/** Returns 0. @throws UsageError for what there is not */
export const main = command(
  {
    name: 'calls',
    purpose: 'Shows the calls and helpers that a solution may use; with a name, all that is known of it.',
    words: { shown: '[NAME]...' },
    options: [AS_MARKDOWN],
  },
  (typed) => {
    const view = terminalView();
    const pages = typed.words.flatMap(wanted).map(callPage);
    if (typed.has(AS_MARKDOWN)) print((pages.length > 0 ? pages.join('\n\n') : callsPage()).trimEnd());
    else if (pages.length > 0)
      print(
        pages
          .map((text) => render({ path: CALLS_PAGE, text }, view))
          .join('\n')
          .trimEnd(),
      );
    else page([{ kind: 'block', lines: callsText(view).trimEnd().split('\n') }], print);
    return 0;
  },
);

function wanted(word: string) {
  const found = usablesNamed(word);
  if (found.length > 0) return found;
  const names = usables().flatMap((section) => section.usables.map(({ name }) => name));
  const near = nearest(word, names).slice(0, 3);
  const meant = near.length > 0 ? ` Near it: ${near.join(', ')}.` : '';
  throw new UsageError(`There is no call or helper ${word}.${meant} All of them: npm run calls`);
}
