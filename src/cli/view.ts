/** How texts are shown at this terminal. */
import type { View } from '../lessons/terminal/render.ts';
import { columns } from '../lessons/terminal/screen.ts';
import { styleFor } from '../lessons/terminal/style.ts';
import { colourLevel } from './colour.ts';

export function terminalView(hints = false): View {
  return { width: columns(), style: styleFor(colourLevel(1)), hints };
}
