/** Devices: `linux.devices` and `linux.resources.devices` of config.json. */
import { posix } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import type { SubjectOption } from './option.ts';

/** A device of the host's, seen inside. */
export interface Device {
  readonly source: string;
  /** Its place, below /dev. */
  readonly destination: string;
  /** r to read, w to write, m to make a node of it. */
  readonly access: string;
}

export type Devices = readonly Device[];

export const DEFAULT_DEVICES: Devices = [];

/** Which devices a container may open, or make nodes of. */
export interface DeviceRule {
  readonly type: 'c' | 'b';
  /** All of them without it. */
  readonly major?: number;
  readonly minor?: number;
  /** As in `Device`. */
  readonly access: string;
}

const DEVICE = 'HOST[:INSIDE][:rwm]';

/** `/dev/fuse`, `/dev/fuse:r` or `/dev/fuse:/dev/other:rw`. */
export function device(text: string): Device {
  const [source = '', ...more] = text.split(':');
  const access = more.length > 0 && !more.at(-1)?.startsWith('/') ? more.pop() : 'rwm';
  const [destination = source, ...rest] = more;
  if (!source.startsWith('/') || source.includes('\0') || rest.length > 0)
    throw new UsageError(`${JSON.stringify(text)} is not ${DEVICE}, such as /dev/fuse`);
  if (access === undefined || !/^(?!.*(.).*\1)[rwm]+$/.test(access))
    throw new UsageError(`${JSON.stringify(access)} is not r, w and m, each once at most: read, write, make a node`);
  return { source, destination: placeOf(destination), access };
}

/** What is a link, or a file system, in a container's /dev. */
const TAKEN = ['fd', 'ptmx', 'pts', 'stdin', 'stdout', 'stderr'];

/** A container has its own /dev: a device's place is a name in it, or one folder further down. */
function placeOf(path: string): string {
  const place = posix.normalize(path);
  const [, name = ''] = /^\/dev\/([^/]+)(\/[^/]+)?$/.exec(place) ?? [];
  if (name !== '' && !TAKEN.includes(name) && !path.split('/').includes('..')) return place;
  throw new UsageError(`${JSON.stringify(path)} is no place for a device: /dev/NAME or /dev/FOLDER/NAME`);
}

export const devicesOptions: readonly SubjectOption<Devices>[] = [
  {
    name: '--device',
    value: DEVICE,
    about: 'confinement',
    help: 'a device of the host; may be given several times',
    set: (devices, text) => [...devices, device(text)],
  },
];
