/** The calls of a step's child, as far as a trial makes them. */
import type { Lab } from '../lab/lab.ts';
import { makePrivate, mountProc } from '../steps/04-mount.ts';
import { becomeRoot } from '../steps/05-user.ts';
import { setUpNetwork } from '../steps/06-net.ts';
import type { Call } from '../syscalls/call.ts';
import { chroot, mkdir } from '../syscalls/files.ts';
import { mount } from '../syscalls/mounts.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { addVeth, request } from '../syscalls/netlink.ts';
import { interfaceSocket, interfaceUp } from '../syscalls/network.ts';
import { kindsOf, type Who } from './needs.ts';

export function callsOf(step: number, who: Who, lab: Lab): Call[] {
  const rows: readonly [boolean, () => Call[]][] = [
    [kindsOf(step, who).some(({ name }) => name === 'user'), () => becomeRoot(lab)],
    [step >= 1, () => [sethostname('rehearsal')]],
    [step >= 4, () => [...makePrivate(), ...mountProc()]],
    [step >= 6, () => setUpNetwork(undefined)],
    [step >= 6 && who === 'root', makeVeth],
    [step >= 8, makeRoot],
  ];
  return rows.flatMap(([needed, calls]) => (needed ? calls() : []));
}

/** A pair inside the child's network. */
function makeVeth(): Call[] {
  const socket = interfaceSocket();
  return [...request(addVeth('rehearsal0', 'rehearsal1')), socket, interfaceUp(socket, 'rehearsal0')];
}

/** The file systems of an image, mounted over the host's for this child alone; `/` itself as the image. */
function makeRoot(): Call[] {
  return [
    mount('tmpfs', '/dev', 'tmpfs', 0, 'mode=755,size=64k'),
    mkdir('/dev/pts'),
    mount('devpts', '/dev/pts', 'devpts', 0, 'newinstance'),
    chroot('/'),
  ];
}
