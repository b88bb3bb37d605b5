/** What the image knows about terminals, for clear, less, top and a shell's line editing. */
import { existsSync } from 'node:fs';
import { copyFile } from './copy.ts';

const TERMINALS = [
  ...['xterm', 'xterm-256color', 'screen', 'screen-256color', 'tmux', 'tmux-256color', 'linux', 'vt100', 'dumb'],
  ...['alacritty', 'foot', 'rxvt-unicode-256color', 'xterm-ghostty', 'xterm-kitty'],
];

// Where distributions keep entries, one folder per first letter: terminfo(5).
const DIRECTORIES = ['/etc/terminfo', '/lib/terminfo', '/usr/lib/terminfo', '/usr/share/terminfo'];

/** Copies those descriptions that this machine has. Source: terminfo(5). */
export function copyTerminals(image: string): void {
  for (const name of TERMINALS) {
    for (const directory of DIRECTORIES) {
      const entry = `${directory}/${name[0]}/${name}`;
      if (existsSync(entry)) copyFile(image, entry, 0o644);
    }
  }
}
