/** Showing a long text: $PAGER, or less, or just printing it. */
import { spawnSync } from 'node:child_process';
import { isatty } from 'node:tty';

/** As a shell reports a command that is not there. */
const NOT_FOUND = 127;

/**
 * Shows the text and waits until the reader is done; `print` is for where there is no pager.
 * @throws Error if the pager failed: then nobody has read it
 */
export function page(text: string, print: (text: string) => void): void {
  const pager = isatty(1) ? (process.env.PAGER ?? 'less') : '';
  const status = pager === '' || pager === 'cat' ? NOT_FOUND : runPager(pager, text);
  if (status === NOT_FOUND) print(text.trimEnd());
  else if (status !== 0) {
    throw new Error(`The pager, ${pager}, failed (${status ?? 'by a signal'}). Do without: PAGER=cat npm run lesson`);
  }
}

/** The pager's exit status; null if a signal ended it. */
function runPager(pager: string, text: string): number | null {
  const ignore = () => {};
  process.on('SIGINT', ignore); // Ctrl-C is the pager's
  try {
    const { status } = spawnSync('sh', ['-c', pager], {
      input: text,
      stdio: ['pipe', 'inherit', 'inherit'],
      // Colours as they are, unless the user has set LESS.
      env: { ...process.env, LESS: process.env.LESS ?? '-R' },
    });
    return status;
  } finally {
    process.off('SIGINT', ignore);
  }
}
