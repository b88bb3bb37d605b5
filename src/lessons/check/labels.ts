/** Every lesson has the same parts under the same labels, and asks before it shows. */
import type { Token } from 'markdown-it';
import type { Lesson } from '../../catalogue/lessons.ts';
import { fenceOf } from '../../markdown/fences.ts';
import { headings } from '../../markdown/headings.ts';
import { parse, plainText } from '../../markdown/parse.ts';
import type { Finding } from '../finding.ts';

const EXPERIMENTS = 'Experiments';
const SECTIONS = [
  'The code',
  'A run',
  EXPERIMENTS,
  'How others do it',
  'Check your understanding',
  'Exercise',
  'Manual pages',
];
const ASKED = 'What do you expect?';
const ANSWERED = 'Why?';

export function checkLabels({ path, text, number }: Lesson): Finding[] {
  const findings: Finding[] = [];
  const say = (line: number, message: string) => findings.push({ path, line, message });
  const tokens = parse(text);
  const title = `# Lesson ${number}: `;
  if (!text.startsWith(title)) say(1, `The title begins with “${title}”.`);
  const opening = plainText(tokens[4]);
  if (!/^The questions?: [^.!]*\?/.test(opening) || tokens[4]?.children?.[1]?.type !== 'strong_open') {
    say(3, 'A lesson begins with what it answers, in bold: **The question: …?**');
  }

  const found = headings(tokens);
  const sections = found.filter(({ level }) => level === 2).map(({ text: heading }) => heading);
  const present = sections.filter((heading) => SECTIONS.includes(heading));
  if (present.join() !== SECTIONS.join()) say(1, `A lesson has these sections, in this order: ${SECTIONS.join(', ')}.`);

  let section = '';
  for (const [at, heading] of found.entries()) {
    if (heading.level === 2) section = heading.text;
    if (heading.level !== 3 || section !== EXPERIMENTS) continue;
    const end = found[at + 1]?.line ?? Number.POSITIVE_INFINITY;
    const inside = tokens.filter(({ map }) => map && map[0] + 1 > heading.line && map[0] + 1 < end);
    const show = inside.findIndex((token) => token.type === 'fence' && fenceOf(token).language === 'console');
    if (show >= 0 && !labelled(inside.slice(0, show), ASKED)) say(heading.line, `Ask first: *${ASKED}*`);
    if (!labelled(inside.slice(show), ANSWERED)) say(heading.line, `Say why, behind what was seen: *${ANSWERED}*`);
  }
  return findings;
}

/** Whether a paragraph begins with that label, emphasized. */
function labelled(tokens: readonly Token[], label: string): boolean {
  return tokens.some(({ type, children }) => {
    const [first, second] = (children ?? []).filter(({ type: kind, content }) => kind !== 'text' || content !== '');
    return type === 'inline' && first?.type === 'em_open' && second?.content === label;
  });
}
