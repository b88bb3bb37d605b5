/** Who forbids it: missing rights, settings, security modules, filters. The most certain come first. */
import { cloning, kindNames, type Rule, refused } from './case.ts';
import { lacking } from './process-status.ts';
import { inContainer, remedies } from './remedies.ts';

const SIGSYS = 31;
/** What nearly every call of a step needs. */
const ANY = ['CAP_SYS_ADMIN'];

export const rightsRules: readonly Rule[] = [
  (the) => {
    const lost = lacking(the.facts.rights.effective);
    return (
      the.who === 'root' &&
      the.failure.errno === 'EPERM' &&
      lost.some((name) => (the.failure.needs ?? ANY).includes(name)) && {
        cause: `Root has no ${lost.join(', ')} here, as in an ordinary container.`,
        remedy: inContainer(the.facts) ? remedies.privileged(the.facts) : remedies.fullRoot,
      }
    );
  },

  (the) =>
    refused(the) &&
    the.who === 'root' &&
    the.facts.nestedUser && {
      cause: 'This root is root of a user namespace only, as under "unshare -Ur" or in rootless Docker.',
      remedy: remedies.realRoot,
    },

  (the) =>
    refused(the) &&
    cloning(the) &&
    kindNames(the).includes('user') &&
    the.facts.rootPropagation === undefined && {
      cause: 'This is the inside of a chroot, where the kernel allows no user namespaces.',
      remedy: remedies.chroot,
    },

  (the) =>
    refused(the) &&
    the.who === 'rootless' &&
    the.facts.namespaces.usernsClone === 0 && {
      cause: 'kernel.unprivileged_userns_clone is 0: Debian then leaves user namespaces to root.',
      remedy: remedies.usernsClone,
    },

  (the) =>
    refused(the) &&
    the.who === 'rootless' &&
    the.facts.namespaces.apparmorRestricts && {
      cause:
        'AppArmor restricts user namespaces here, as Ubuntu has it since 23.10 ' +
        '(kernel.apparmor_restrict_unprivileged_userns is 1): root inside gets no capabilities.',
      remedy: remedies.apparmor,
    },

  (the) =>
    the.failure.errno === 'EPERM' &&
    the.failure.text.startsWith('mount("proc"') &&
    the.facts.procCovers.length > 0 && {
      cause:
        `/proc is partly hidden here (${some(the.facts.procCovers)}), as in a Docker container. ` +
        'A new /proc would show what is hidden, so the kernel refuses it in a user namespace.',
      remedy: remedies.hiddenProc(the.facts),
    },

  (the) =>
    the.facts.rights.seccompFilter &&
    (refused(the) || ['ENOSYS', `signal ${SIGSYS}`].includes(the.failure.errno)) && {
      cause: `A seccomp filter is at work, as Docker's default is, and ${the.failure.call} is among what it forbids.`,
      remedy: remedies.seccomp(the.facts),
    },

  (the) =>
    refused(the) &&
    the.facts.label !== undefined &&
    !the.facts.label.startsWith('unconfined') && {
      cause: `A security module confines this process (${the.facts.label}) and forbids ${the.failure.call}.`,
      remedy: remedies.confined(the.facts),
    },

  (the) =>
    refused(the) &&
    cloning(the) &&
    kindNames(the).includes('user') && {
      cause: `The kernel refuses a new user namespace (clone: ${the.failure.errno}), as it does in every chroot.`,
      remedy: remedies.chroot,
    },
];

function some(paths: readonly string[]): string {
  return paths.length > 2 ? `${paths.slice(0, 2).join(', ')}, …` : paths.join(', ');
}
