/** The host name inside: `hostname` of config.json. */
import { UsageError } from '../command-line/usage-error.ts';
import type { SubjectOption } from './option.ts';

export type HostName = string;

export const DEFAULT_HOST_NAME: HostName = 'container';

/** sethostname(2): at most 64 bytes, not none. */
export function hostName(text: string): HostName {
  const length = Buffer.byteLength(text);
  if (length < 1 || length > 64 || text.includes('\0'))
    throw new UsageError(`${JSON.stringify(text)} is not a host name: 1 to 64 bytes`);
  return text;
}

export const hostNameOptions: readonly SubjectOption<HostName>[] = [
  { name: '--hostname', value: 'NAME', about: 'uts', help: 'the host name inside', set: (_, text) => hostName(text) },
];
