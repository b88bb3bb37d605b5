/** From a call that the kernel refused to the cause, and what to type. */
import type { Step } from '../lab/step.ts';
import { lacking } from '../proc/status.ts';
import type { Facts } from './facts.ts';
import { namespacesOf, type Who } from './needs.ts';
import { inContainer, remedies } from './remedies.ts';
import type { Problem, Refusal } from './verdict.ts';

/** A step that was tried in vain, and its circumstances. */
export interface Attempt {
  readonly failure: Refusal;
  readonly step: Step;
  readonly who: Who;
  readonly facts: Facts;
}

/** Returns nothing where it does not fit. */
type Rule = (attempt: Attempt) => Problem | undefined | false;

const SIGSYS = 31;
/** What nearly every call of a step needs. */
const ANY = ['CAP_SYS_ADMIN'];

const refused = ({ failure }: Attempt) => failure.errno === 'EPERM' || failure.errno === 'EACCES';
/** Step 13 makes two of its namespaces later. */
const cloning = ({ failure }: Attempt) => failure.call === 'clone' || failure.call === 'unshare';
const kindNames = ({ step, who }: Attempt): string[] => namespacesOf(step, who).map(({ kind }) => kind);

/** The first rule that fits counts. */
export function explain(attempt: Attempt): Problem {
  for (const rule of rules) {
    const problem = rule(attempt);
    if (problem) return problem;
  }
  const { failure, step, who } = attempt;
  return { cause: `The kernel refused: ${failure.text}.`, remedy: remedies.trace(step.number, who) };
}

/** First what the kernel cannot do, or has no more of; then who forbids it, the most certain first. */
const rules: readonly Rule[] = [
  ({ facts }) =>
    facts.wsl === 1 && {
      cause: 'This is WSL 1. It imitates the system calls of Linux, and has no namespaces.',
      remedy: remedies.wsl,
    },

  (attempt) => {
    const lost = namespacesOf(attempt.step, attempt.who).filter(({ kind }) =>
      attempt.facts.namespaces.missing.includes(kind),
    );
    const options = lost.map(({ option }) => option).join(', ');
    return (
      attempt.failure.errno === 'EINVAL' &&
      cloning(attempt) &&
      lost.length > 0 && {
        cause: `This kernel was built without ${options}: it has no ${lost.map(({ kind }) => kind).join(', ')} namespaces.`,
        remedy: remedies.kernel(options.split(', ')[0] ?? ''),
      }
    );
  },

  (attempt) => {
    if (attempt.failure.errno !== 'ENOSPC' || !cloning(attempt)) return undefined;
    const zero = kindNames(attempt).filter((name) => attempt.facts.namespaces.limits[name] === 0);
    const keys = (zero.length > 0 ? zero : ['user']).map((name) => `user.max_${name}_namespaces`);
    return {
      cause:
        zero.length > 0
          ? `${keys.join(' and ')} ${zero.length > 1 ? 'are' : 'is'} 0: nobody may make such namespaces.`
          : 'A limit on namespaces is reached (/proc/sys/user), or they are nested more than 32 deep.',
      remedy: remedies.limits(keys),
    };
  },

  ({ failure }) =>
    failure.errno === 'EOPNOTSUPP' &&
    failure.text.includes('IFLA_INFO_KIND="bridge"') && {
      cause: 'This kernel has no bridges (CONFIG_BRIDGE), or its module is not loaded.',
      remedy: remedies.bridge,
    },

  ({ failure }) =>
    failure.errno === 'EOPNOTSUPP' &&
    failure.subject === 'interfaces' && {
      cause: 'This kernel has no veth interfaces (CONFIG_VETH), or its module is not loaded.',
      remedy: remedies.veth,
    },

  ({ failure }) =>
    failure.text.startsWith('mount("overlay"') &&
    failure.errno === 'ENODEV' && {
      cause: 'This kernel has no overlay (CONFIG_OVERLAY_FS), or its module is not loaded.',
      remedy: remedies.overlay,
    },

  ({ failure, who, facts }) =>
    failure.text.startsWith('mount("overlay"') &&
    (failure.errno === 'EINVAL' || isBefore(facts.kernel, 5, 11)) && {
      cause:
        who === 'root'
          ? 'This kernel cannot lay an overlay over an image whose ids are mapped: that takes Linux 5.19.'
          : 'This kernel mounts an overlay for real root alone: for users it takes Linux 5.11.',
      remedy: remedies.youngKernel,
    },

  ({ failure }) =>
    failure.call === 'seccomp' &&
    (failure.errno === 'EINVAL' || failure.errno === 'ENOSYS') && {
      cause: 'This kernel was built without filters of system calls (CONFIG_SECCOMP_FILTER).',
      remedy: remedies.kernel('CONFIG_SECCOMP_FILTER'),
    },

  ({ failure }) =>
    failure.call === 'bpf' &&
    (failure.errno === 'EINVAL' || failure.errno === 'ENOSYS') && {
      cause: 'This kernel cannot limit devices in cgroup v2: it was built without CONFIG_CGROUP_BPF.',
      remedy: remedies.kernel('CONFIG_CGROUP_BPF'),
    },

  ({ failure }) =>
    failure.call === 'pivot_root' &&
    failure.errno === 'EINVAL' && {
      cause: 'The root of this machine is its initramfs, and pivot_root cannot put another in its place.',
      remedy: remedies.initramfs,
    },

  ({ failure }) =>
    failure.call === 'mount_setattr' && {
      cause:
        "The file system of the kit's folder cannot show an image of root's as one of the container's root: " +
        'mapping ids takes Linux 5.12, and not every file system can.',
      remedy: remedies.idMaps,
    },
  (attempt) => {
    const lost = lacking(attempt.facts.rights.effective);
    return (
      attempt.who === 'root' &&
      attempt.failure.errno === 'EPERM' &&
      lost.some((name) => (attempt.failure.needs ?? ANY).includes(name)) && {
        cause: `Root has no ${lost.join(', ')} here, as in an ordinary container.`,
        remedy: inContainer(attempt.facts) ? remedies.privileged(attempt.facts) : remedies.fullRoot,
      }
    );
  },

  (attempt) =>
    refused(attempt) &&
    attempt.who === 'root' &&
    attempt.facts.nestedUser && {
      cause: 'This root is root of a user namespace only, as under "unshare -Ur" or in rootless Docker.',
      remedy: remedies.realRoot,
    },

  (attempt) =>
    refused(attempt) &&
    cloning(attempt) &&
    kindNames(attempt).includes('user') &&
    attempt.facts.rootPropagation === undefined && {
      cause: 'This is the inside of a chroot, where the kernel allows no user namespaces.',
      remedy: remedies.chroot,
    },

  (attempt) =>
    refused(attempt) &&
    attempt.who === 'rootless' &&
    attempt.facts.namespaces.usernsClone === 0 && {
      cause: 'kernel.unprivileged_userns_clone is 0: Debian then leaves user namespaces to root.',
      remedy: remedies.usernsClone,
    },

  (attempt) =>
    refused(attempt) &&
    attempt.who === 'rootless' &&
    attempt.facts.namespaces.apparmorRestricts && {
      cause:
        'AppArmor restricts user namespaces here, as Ubuntu has it since 23.10 ' +
        '(kernel.apparmor_restrict_unprivileged_userns is 1): root inside gets no capabilities.',
      remedy: remedies.apparmor,
    },

  (attempt) =>
    attempt.failure.errno === 'EPERM' &&
    attempt.failure.text.startsWith('mount("proc"') &&
    attempt.facts.procCovers.length > 0 && {
      cause:
        `/proc is partly hidden here (${some(attempt.facts.procCovers)}), as in a Docker container. ` +
        'A new /proc would show what is hidden, so the kernel refuses it in a user namespace.',
      remedy: remedies.hiddenProc(attempt.facts),
    },

  (attempt) =>
    attempt.facts.rights.seccompFilter &&
    (refused(attempt) || ['ENOSYS', `signal ${SIGSYS}`].includes(attempt.failure.errno)) && {
      cause: `A seccomp filter is at work, as Docker's default is, and ${attempt.failure.call} is among what it forbids.`,
      remedy: remedies.seccomp(attempt.facts),
    },

  (attempt) =>
    refused(attempt) &&
    attempt.facts.label !== undefined &&
    !attempt.facts.label.startsWith('unconfined') && {
      cause: `A security module confines this process (${attempt.facts.label}) and forbids ${attempt.failure.call}.`,
      remedy: remedies.confined(attempt.facts),
    },

  (attempt) =>
    refused(attempt) &&
    cloning(attempt) &&
    kindNames(attempt).includes('user') && {
      cause: `The kernel refuses a new user namespace (clone: ${attempt.failure.errno}), as it does in every chroot.`,
      remedy: remedies.chroot,
    },
];

function some(paths: readonly string[]): string {
  return paths.length > 2 ? `${paths.slice(0, 2).join(', ')}, …` : paths.join(', ');
}

/** Whether a kernel's release, such as `5.10.0-8-amd64`, comes before a version. */
function isBefore(release: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
