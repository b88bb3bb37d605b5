/** unshare and bwrap, told to do what steps 4, 8 and 13 do. */
import type { Rights } from '../src/settings/rights.ts';
import { bwrapRights } from './confinement.ts';

const STEP_4 = ['--uts', '--ipc', '--pid', '--mount'];

/** util-linux makes the mounts private by itself. */
export function unshareLikeStep4(root: boolean): string[] {
  return ['unshare', ...(root ? [] : ['--map-root-user']), ...STEP_4, '--fork', '--mount-proc', '/bin/true'];
}

export function bwrapLikeStep4(): string[] {
  const namespaces = ['--unshare-uts', '--unshare-ipc', '--unshare-pid', '--hostname', 'container'];
  return ['bwrap', ...namespaces, '--dev-bind', '/', '/', '--proc', '/proc', '/bin/true'];
}

/** Without host name, /dev, and a map beyond one user: it has no options for those. */
export function unshareLikeStep8(image: string): string[] {
  const namespaces = ['--map-root-user', ...STEP_4, '--net', '--fork'];
  return ['unshare', ...namespaces, `--root=${image}`, '--mount-proc', '/bin/true'];
}

/** With a map of one user, the one that calls. */
export function bwrapLikeStep8(image: string): string[] {
  return bwrapWith(image, []);
}

/** The filter is open as descriptor 4: see launch.c. */
export function bwrapLikeStep13(image: string, rights: Rights): string[] {
  return bwrapWith(image, bwrapRights(rights, image, 4));
}

function bwrapWith(image: string, more: readonly string[]): string[] {
  const namespaces = ['user', 'uts', 'ipc', 'pid', 'net'].map((name) => `--unshare-${name}`);
  const ids = ['--uid', '0', '--gid', '0', '--hostname', 'container'];
  return [
    'bwrap',
    ...namespaces,
    ...ids,
    '--bind',
    image,
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...more,
    '/bin/true',
  ];
}
