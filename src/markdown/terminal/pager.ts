/** Showing a long text: $PAGER, or less, or just printing it. */
import { spawnSync } from 'node:child_process';
import { isatty, WriteStream } from 'node:tty';
import { joined, type Part } from './render.ts';
import { inScreens } from './screens.ts';

/** Colours as they are, and how to get on, below the text. */
const LESS = '-R -P?eThe end:Space\\: on., b\\: back, /word\\: search, q\\: leave$';
/** As a shell reports a command that is not there. */
const NOT_FOUND = 127;

/**
 * Shows the page, a screen at a time, and waits until the reader is done; `print` is for where there is no pager.
 * @throws Error if the pager failed: then nobody has read it
 */
export function page(parts: readonly Part[], print: (text: string) => void): void {
  const pager = isatty(1) ? (process.env.PAGER ?? 'less') : '';
  const status = pager === '' || pager === 'cat' ? NOT_FOUND : runPager(pager, inScreens(parts, new WriteStream(1)));
  if (status === NOT_FOUND) print(joined(parts).trimEnd());
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
      // What the user has set counts. Without a UTF-8 locale less would show the bytes of ⟨ as <E2><9F><A8>.
      env: { LESS, LESSCHARSET: 'utf-8', ...process.env },
    });
    return status;
  } finally {
    process.off('SIGINT', ignore);
  }
}
