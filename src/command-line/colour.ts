/** Whether to write in colours. */
import { supportsColor, supportsColorStderr } from 'chalk';

/**
 * chalk's level for standard output (1) or standard error (2): 0 is no colours,
 * 3 is all. Colours are for terminals, and not where NO_COLOR is set
 * (no-color.org), which chalk does not heed.
 */
export function colourLevel(stream: 1 | 2, environment = process.env): 0 | 1 | 2 | 3 {
  if (environment.NO_COLOR) return 0;
  const support = stream === 1 ? supportsColor : supportsColorStderr;
  return support ? support.level : 0;
}
