/** The lines of a console block: what is typed, and what is printed; and what is said above it of its needs. */

/** A prompt, with the blank that ends it, and the command. */
const PROMPT = /^(\$|user\$|container[#$]|2[#$]) (.*)$/;
const CONTINUATION = /^(>) (.*)$/;

const NEEDS: Readonly<Record<string, string>> = {
  root: 'as root',
  user: 'as an ordinary user, in a terminal of its own',
  v1: 'cgroup v1',
  v2: 'cgroup v2',
  network: 'with a network',
};

/** What a reader says above a block of the words after `console`; empty if there are none. */
export function needsText(words: readonly string[]): string {
  return words.map((word) => NEEDS[word] ?? word).join(', ');
}

/** A line that is typed. */
export interface TypedLine {
  readonly prompt: string;
  readonly command: string;
  /** Whether it goes on with the command above. */
  readonly goesOn: boolean;
}

export interface ConsoleLine {
  readonly text: string;
  /** Undefined for output. */
  readonly typed?: TypedLine;
}

/** Splits the lines at their prompts. `> ` is one only right below a line that is typed. */
export function consoleLines(content: string): ConsoleLine[] {
  let typing = false;
  return content
    .replace(/\n$/, '')
    .split('\n')
    .map((text) => {
      const typed = typedIn(text, PROMPT, false) ?? (typing ? typedIn(text, CONTINUATION, true) : undefined);
      typing = typed !== undefined;
      return typed ? { text, typed } : { text };
    });
}

/** Whether a line begins with a prompt, and so a command. */
export function startsCommand(line: string): boolean {
  return PROMPT.test(line);
}

function typedIn(text: string, form: RegExp, goesOn: boolean): TypedLine | undefined {
  const [, prompt, command = ''] = form.exec(text) ?? [];
  return prompt === undefined ? undefined : { prompt, command, goesOn };
}
