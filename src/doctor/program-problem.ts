/** Why the kit itself does not start: no compiler, no headers, no packages, no place. */
import type { Problem } from './verdict.ts';

export function programProblem(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.split('\n');
  const [, cause, remedy] = /^(.*) Run: (.*)$/.exec(line) ?? [];
  if (cause !== undefined && remedy !== undefined) return { cause, remedy };
  return { cause: line.replace(/: sudo .*$/, '.'), remedy: remedyFor(message, error) };
}

function remedyFor(message: string, error: unknown): string {
  if (/C compiler|C headers/.test(message)) return 'sudo apt-get install gcc libc6-dev linux-libc-dev';
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return 'npm ci';
  return 'npm run build';
}
