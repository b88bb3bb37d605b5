/** Commands that harm, or never end, where a machine is of another kind than the one they were written for. */
import type { Page } from '../../catalogue/lessons.ts';
import { fences } from '../../markdown/fences.ts';
import { parse } from '../../markdown/parse.ts';
import { type Command, parseTranscript } from '../console/transcript.ts';
import type { Finding } from '../finding.ts';

interface Fault {
  readonly isIn: (text: string) => boolean;
  readonly message: string;
}

const ANYWHERE: readonly Fault[] = [
  {
    isIn: (text) => /(?:^|[;&|(' ])(?:until|while) /.test(text) && !/\btimeout \d|\$SECONDS/.test(text),
    message: "This loop may never end on another machine. Bound it: timeout 10 bash -c 'until …'.",
  },
  {
    isIn: (text) => /\|\| *echo\b/.test(text),
    message:
      'This prints the same when the command before it did not run at all. Let that command print what it finds.',
  },
  {
    isIn: (text) => /\bkill\b[^;&|]*(?:;|&&) *wait\b/.test(text),
    message: 'On a busy machine the job has ended before wait begins, and bash does not say so. Type: kill $!; sleep 1',
  },
];

const CGROUPS = '/sys/fs/cgroup';

/** For blocks of one cgroup version: what they do on a machine with the other. */
const ONE_VERSION: readonly Fault[] = [
  {
    isIn: (text) =>
      !isGuarded(text) && [...text.matchAll(/\bmkdir (?:-p )?(\S+)/g)].some(([, path = '']) => isPlainFolder(path)),
    message: `With the other cgroup version this makes an ordinary folder. Ask first: test -e FILE && mkdir ….`,
  },
  {
    isIn: (text) => !isGuarded(text) && />>? *"?\$\{?\w/.test(text),
    message: 'With the other cgroup version the variable may be empty. Ask first: test -f "$group/FILE" && echo … > ….',
  },
  {
    isIn: (text) => /cgroup\.procs *;/.test(text),
    message: 'With the other cgroup version this goes on without limits. Put && behind cgroup.procs.',
  },
];

export function checkMachines({ path, text }: Page): Finding[] {
  return fences(parse(text))
    .filter(({ language }) => language === 'console')
    .flatMap((fence) => {
      const isOneVersion = fence.words.includes('v1') || fence.words.includes('v2');
      const faults = isOneVersion ? [...ANYWHERE, ...ONE_VERSION] : ANYWHERE;
      return parseTranscript(fence).commands.flatMap((command) => faultsOf(command, faults));
    })
    .map((finding) => ({ path, ...finding }));
}

function faultsOf({ text, line }: Command, faults: readonly Fault[]): Omit<Finding, 'path'>[] {
  return faults.filter(({ isIn }) => isIn(text)).map(({ message }) => ({ line, message }));
}

function isGuarded(text: string): boolean {
  return /(?:\btest|\[) -[ef] [^;|]*&&/.test(text);
}

/** Below a controller's folder of version 1 there is nothing on a machine with version 2, so nothing is made. */
function isPlainFolder(path: string): boolean {
  return path.startsWith(`${CGROUPS}/`) && path.split('/').length < CGROUPS.split('/').length + 2;
}
