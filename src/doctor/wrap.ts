/** Breaking text into lines. */

const WIDTH = 80;

/**
 * Breaks a text at its blanks. The first line begins with `lead`, the others
 * with `indent` blanks; `lead` is as wide as that, colours apart.
 */
export function wrap(text: string, lead: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((content, index) => (index === 0 ? lead : ' '.repeat(indent)) + content);
}
