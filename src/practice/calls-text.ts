/** The table of calls and helpers for a terminal: each on a line, with its manual page, and below it what it is for. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { type Usable, usables } from '../catalogue/calls.ts';
import { ABOUT_CALLS, shape } from '../catalogue/calls-page.ts';
import { render, type View } from '../markdown/terminal/render.ts';

const INDENT = '      ';

export function callsText(view: View): string {
  const sections = usables().map(({ title, usables: members }) => {
    const files = [...new Set(members.filter(({ imported }) => imported).map(({ file }) => `#${file}`))];
    const from = files.length > 0 ? [`  from ${view.style.link(files.join(', '))}`] : [];
    const heading = render({ path: '', text: `## ${title}` }, view).trimEnd();
    return [heading, ...from, ...members.flatMap((one) => entryLines(one, view))].join('\n');
  });
  return `${[render({ path: '', text: ABOUT_CALLS }, view).trimEnd(), ...sections].join('\n\n')}\n`;
}

function entryLines(one: Usable, { width, style }: View): string[] {
  const left = `  ${style.strong(shape(one))}`;
  const right = one.page ?? (one.step === undefined ? '' : `lesson ${one.step}`);
  const gap = ' '.repeat(Math.max(1, width - stringWidth(left) - right.length));
  const summary = wrapAnsi(one.summary.replaceAll('`', ''), width - INDENT.length).split('\n');
  return [`${left}${right && gap}${style.faint(right)}`, ...summary.map((line) => `${INDENT}${line}`)];
}
