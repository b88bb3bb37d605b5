/**
 * What debootstrap says of its progress with --debian-installer:
 *
 *     P: 3 88 UNPACKREQ       three of 88 of this phase are done
 *     PF: Unpacking %s        what it is called, with PA: lines for each %s
 *     E: NOGETREL             an error, likewise with EA: and EF: lines
 *
 * See its function file, /usr/share/debootstrap/functions.
 */
import type { Progress } from '../progress.ts';

/** The phases in order: how many hundredths of the whole each takes, and its name. */
const PHASES: Readonly<Record<string, readonly [percent: number, title: string]>> = {
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

/** Gives a listener: it passes progress on, and gives the whole message where a line ends an error. */
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
  const phase = PHASES[name];
  if (!phase) return;
  const names = Object.keys(PHASES);
  const before = names.slice(0, names.indexOf(name)).reduce((sum, earlier) => sum + (PHASES[earlier]?.[0] ?? 0), 0);
  progress((before + phase[0] * (part || 0)) / 100, phase[1]);
}
