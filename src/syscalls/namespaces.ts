/** System calls that enter namespaces and change what they hold. */
import { type Call, defineCall, sizeOf } from './call.ts';
import { CLONE, NS } from './flags.ts';
import { descriptor, flags, number, oneOf, text } from './show.ts';

const SETHOSTNAME = defineCall({
  name: 'sethostname',
  source: 'sethostname(2)',
  purpose: 'Names the host, for every process in the same UTS namespace.',
  show: [text, number],
  needs: ['CAP_SYS_ADMIN'],
  look: { child: (pid, inside) => inside(pid, 'uts', 'hostname') },
  advice: {
    EPERM: 'Naming a host needs CAP_SYS_ADMIN in its UTS namespace. Run with sudo, or add --rootless.',
    EINVAL: 'A host name has at most 64 bytes.',
  },
});

/** Names the host of the caller's UTS namespace; at most 64 bytes. Source: sethostname(2). */
export function sethostname(name: string): Call {
  return SETHOSTNAME(name, sizeOf(name));
}

const SETDOMAINNAME = defineCall({
  name: 'setdomainname',
  source: 'setdomainname(2)',
  purpose: 'Names the NIS domain, for every process in the same UTS namespace.',
  show: [text, number],
  needs: ['CAP_SYS_ADMIN'],
  advice: {
    EPERM: 'Naming a domain needs CAP_SYS_ADMIN in its UTS namespace. Run with sudo, or add --rootless.',
    EINVAL: 'A domain name has at most 64 bytes.',
  },
});

/** Names the domain of the caller's UTS namespace; at most 64 bytes. Source: setdomainname(2). */
export function setdomainname(name: string): Call {
  return SETDOMAINNAME(name, sizeOf(name));
}

const UNSHARE = defineCall({
  name: 'unshare',
  source: 'unshare(2)',
  purpose: 'Leaves a namespace for a new one; a new PID or time namespace is for the children only.',
  show: [flags(CLONE)],
  needs: ['CAP_SYS_ADMIN'],
  advice: {
    EPERM: 'New namespaces need CAP_SYS_ADMIN. Run with sudo, or add --rootless.',
    EINVAL: 'This kernel does not know one of these namespaces: `npm run doctor` tells which.',
    ENOSPC: 'A limit on namespaces is reached: see the files in /proc/sys/user.',
  },
});

/** Moves the caller into new namespaces. Source: unshare(2). */
export function unshare(flag: number): Call {
  return UNSHARE(flag);
}

const SETNS = defineCall({
  name: 'setns',
  source: 'setns(2)',
  purpose: 'Joins a namespace that exists, or with an open process several of its namespaces at once.',
  show: [descriptor, flags(CLONE)],
  descriptors: [0],
  needs: ['CAP_SYS_ADMIN'],
  advice: {
    EPERM: 'Joining a namespace needs CAP_SYS_ADMIN there.',
    EINVAL:
      'The descriptor is no such namespace; or this is the user namespace that the process is in already; ' +
      'or the process has threads, and one of them alone cannot change its user or mount namespace.',
  },
});

/**
 * Joins the namespace of an open /proc/PID/ns file, or all those of an open
 * process that `type` names, which needs Linux 5.8. A PID namespace is for the
 * children only. Source: setns(2).
 */
export function setns(fd: number | Call, type: number): Call {
  return SETNS(fd, type);
}

const OWNER = defineCall({
  name: 'ioctl',
  source: 'ioctl_ns(2)',
  purpose: 'Opens the user namespace to which another namespace belongs: root of that one has rights in this one.',
  show: [descriptor, oneOf(NS)],
  descriptors: [0],
  opens: true,
  subject: 'descriptors',
  advice: { EPERM: 'It belongs to a user namespace further out than the caller’s.' },
  examples: () => [userNamespaceOf(-1)],
});

/** Opens the user namespace that owns the namespace of an open /proc/PID/ns file. Source: ioctl_ns(2), NS_GET_USERNS. */
export function userNamespaceOf(fd: number | Call): Call {
  return OWNER(fd, NS.NS_GET_USERNS);
}
