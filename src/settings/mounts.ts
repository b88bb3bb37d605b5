/** What is mounted in the image besides: `mounts` of config.json. */
import { posix } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import type { SubjectOption } from './option.ts';

/** A folder or file of the host's, seen inside. */
export interface Volume {
  readonly type: 'bind';
  readonly source: string;
  readonly destination: string;
  /** With all that is mounted in it. */
  readonly readonly: boolean;
}

/** An empty file system in memory. */
export interface Scratch {
  readonly type: 'tmpfs';
  readonly destination: string;
}

export type Mount = Volume | Scratch;
export type Mounts = readonly Mount[];

export const DEFAULT_MOUNTS: Mounts = [];

const VOLUME = 'HOST:INSIDE[:ro]';

/** `/srv/data:/mnt:ro`: where it is on the host, where it appears, and whether it can be changed there. */
export function volume(text: string): Volume {
  const [source = '', destination = '', mode, ...more] = text.split(':');
  if (!text.includes(':') || source === '' || destination === '')
    throw new UsageError(`${JSON.stringify(text)} is not ${VOLUME}`);
  if (more.length > 0 || !(mode === undefined || mode === 'ro' || mode === 'rw'))
    throw new UsageError(`${JSON.stringify(text)} is not ${VOLUME}, in which no path may have a colon`);
  return { type: 'bind', source: absolute(source), destination: place(destination), readonly: mode === 'ro' };
}

/** `/tmp`: where it appears. */
export function scratch(text: string): Scratch {
  if (text.includes(':')) throw new UsageError(`${JSON.stringify(text)} has a colon, and a path alone belongs here`);
  return { type: 'tmpfs', destination: place(text) };
}

/** The path of a place inside. */
function place(path: string): string {
  if (path.split('/').includes('..'))
    throw new UsageError(`${JSON.stringify(path)} goes up: name the place without ".."`);
  return posix.join(absolute(path), '.');
}

function absolute(path: string): string {
  if (path.startsWith('/') && !path.includes('\0')) return path;
  throw new UsageError(`${JSON.stringify(path)} is not an absolute path, such as /srv/data`);
}

export const mountsOptions: readonly SubjectOption<Mounts>[] = [
  {
    name: '--volume',
    short: '-v',
    value: VOLUME,
    about: 'mounts',
    help: 'a folder or file of the host; may be given several times',
    set: (mounts, text) => [...mounts, volume(text)],
  },
  {
    name: '--tmpfs',
    value: 'PATH',
    about: 'mounts',
    help: 'an empty file system in memory; may be given several times',
    set: (mounts, text) => [...mounts, scratch(text)],
  },
];
