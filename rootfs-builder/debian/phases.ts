/**
 * What mmdebstrap says of its progress is one `I:` line at the start of each
 * phase; what debootstrap says, with --debian-installer, is
 *
 *     P: 3 88 UNPACKREQ       three of 88 of this phase are done
 *     PF: Unpacking %s        what it is called, with PA: lines for each %s
 *     E: NOGETREL             an error, likewise with EA: and EF: lines
 *
 * See its function file, /usr/share/debootstrap/functions.
 */
import type { Progress } from '../build-progress.ts';

/** debootstrap's phases in order: how many hundredths of the whole each takes, and its name. */
const DEBOOTSTRAP: Readonly<Record<string, readonly [percent: number, title: string]>> = {
  DOWNREL: [1, 'Downloading the list of what there is'],
  DOWNRELSIG: [1, 'Checking its signature'],
  DOWNPKGS: [6, 'Downloading the list of packages'],
  DOWNMAINPKGS: [0, 'Downloading the list of packages'],
  SIZEDEBS: [8, 'Choosing packages'],
  DOWNDEBS: [30, 'Downloading packages'],
  EXTRACTPKGS: [10, 'Extracting the first packages'],
  INSTCORE: [8, 'Installing the core'],
  UNPACKREQ: [12, 'Unpacking what is required'],
  CONFREQ: [12, 'Configuring what is required'],
  UNPACKBASE: [6, 'Unpacking the rest'],
  CONFBASE: [6, 'Configuring the rest'],
};

/** mmdebstrap's phases in order: how an `I:` line begins, what is done by then, and a name. */
const MMDEBSTRAP: readonly (readonly [start: string, done: number, title: string])[] = [
  ['running apt-get update', 0.02, 'Downloading the list of packages'],
  ['downloading packages', 0.15, 'Downloading packages'],
  ['extracting archives', 0.35, 'Extracting the first packages'],
  ['installing essential', 0.45, 'Installing what is required'],
  ['installing remaining', 0.75, 'Installing the rest'],
  ['cleaning package lists', 0.97, 'Cleaning up'],
];

/** Returns a listener: it passes progress on, and returns the whole message where a line ends an error. */
export function debootstrapPhases(progress: Progress): (line: string) => string | undefined {
  let name = '';
  let words: string[] = [];
  return (line) => {
    const [, kind, text = ''] = /^(P|E|EA|EF):\s?(.*)$/.exec(line) ?? [];
    if (kind === 'P') {
      const [now, end, phase] = text.split(' ');
      name = phase ?? name;
      report(progress, name, Number(now) / Number(end));
    }
    if (kind === 'E') words = [];
    if (kind === 'EA') words.push(text);
    if (kind === 'EF') return text.replace(/%s/g, () => words.shift() ?? '');
    return undefined;
  };
}

function report(progress: Progress, name: string, part: number): void {
  const phase = DEBOOTSTRAP[name];
  if (!phase) return;
  const names = Object.keys(DEBOOTSTRAP);
  const before = names
    .slice(0, names.indexOf(name))
    .reduce((sum, earlier) => sum + (DEBOOTSTRAP[earlier]?.[0] ?? 0), 0);
  progress((before + phase[0] * (part || 0)) / 100, phase[1]);
}

/** Returns a listener: it passes progress on, and returns the message of an error. */
export function mmdebstrapPhases(progress: Progress): (line: string) => string | undefined {
  return (line) => {
    const phase = MMDEBSTRAP.find(([start]) => line.startsWith(`I: ${start}`));
    if (phase) progress(phase[1], phase[2]);
    return line.startsWith('E: ') ? line.slice(3) : undefined;
  };
}
