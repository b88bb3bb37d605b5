/** How texts are shown at this terminal. */

import { colourLevel } from '../command-line/colour.ts';
import type { View } from '../markdown/terminal/render.ts';
import { columns } from '../markdown/terminal/screen.ts';
import { styleFor } from '../markdown/terminal/style.ts';

export function terminalView(hints = false): View {
  return { width: columns(), style: styleFor(colourLevel(1)), hints };
}
