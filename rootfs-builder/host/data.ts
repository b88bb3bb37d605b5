/** What programs read beside their libraries: a locale, and what is known about terminals. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { copyFile } from './copy.ts';

/** For clear, less, top and a shell's line editing. */
const TERMINALS = [
  ...['xterm', 'xterm-256color', 'screen', 'screen-256color', 'tmux', 'tmux-256color', 'linux', 'vt100', 'dumb'],
  ...['alacritty', 'foot', 'rxvt-unicode-256color', 'xterm-ghostty', 'xterm-kitty'],
];

// Where distributions keep entries, one folder per first letter: terminfo(5).
const TERMINFO = ['/etc/terminfo', '/lib/terminfo', '/usr/lib/terminfo', '/usr/share/terminfo'];

// glibc knows C.UTF-8 by these files only, which go by either name: locale(7).
const LOCALES = ['/usr/lib/locale/C.utf8', '/usr/lib/locale/C.UTF-8'];

/** Copies those descriptions that this machine has. Source: terminfo(5). */
export function copyTerminals(image: string): void {
  for (const name of TERMINALS) {
    for (const directory of TERMINFO) {
      const entry = `${directory}/${name[0]}/${name}`;
      if (existsSync(entry)) copyFile(image, entry, 0o644);
    }
  }
}

/** Copies C.UTF-8, English with every letter that there is, where this machine has it. */
export function copyLocale(image: string): void {
  for (const directory of LOCALES.filter(existsSync)) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) copyFile(image, join(entry.parentPath, entry.name), 0o644);
    }
  }
}
