/** Showing a long text: $PAGER, or less, or just printing it. */
import { spawnSync } from 'node:child_process';
import { isatty } from 'node:tty';

/** As a shell reports a command that is not there. */
const NOT_FOUND = 127;

/** Shows the text and waits until the reader is done; `print` is for where there is no pager. */
export function page(text: string, print: (text: string) => void): void {
  const pager = isatty(1) ? (process.env.PAGER ?? 'less') : '';
  if (pager === '' || pager === 'cat' || !runPager(pager, text)) print(text.trimEnd());
}

function runPager(pager: string, text: string): boolean {
  const ignore = () => {};
  process.on('SIGINT', ignore); // Ctrl-C is the pager's
  try {
    const { status } = spawnSync('sh', ['-c', pager], {
      input: text,
      stdio: ['pipe', 'inherit', 'inherit'],
      // Colours as they are, unless the user has set LESS.
      env: { ...process.env, LESS: process.env.LESS ?? '-R' },
    });
    return status !== NOT_FOUND;
  } finally {
    process.off('SIGINT', ignore);
  }
}
