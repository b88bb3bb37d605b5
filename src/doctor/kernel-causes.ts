/** What the kernel cannot do, or has no more of. */
import { cloning, kindNames, type Rule } from './case.ts';
import { kindsOf } from './needs.ts';
import { remedies } from './remedies.ts';

export const kernelRules: readonly Rule[] = [
  ({ facts }) =>
    facts.wsl === 1 && {
      cause: 'This is WSL 1. It imitates the system calls of Linux, and has no namespaces.',
      remedy: remedies.wsl,
    },

  (the) => {
    const lost = kindsOf(the.step, the.who).filter(({ name }) => the.facts.namespaces.missing.includes(name));
    const options = lost.map(({ option }) => option).join(', ');
    return (
      the.failure.errno === 'EINVAL' &&
      cloning(the) &&
      lost.length > 0 && {
        cause: `This kernel was built without ${options}: it has no ${lost.map(({ name }) => name).join(', ')} namespaces.`,
        remedy: remedies.kernel(options.split(', ')[0] ?? ''),
      }
    );
  },

  (the) => {
    if (the.failure.errno !== 'ENOSPC' || !cloning(the)) return undefined;
    const zero = kindNames(the).filter((name) => the.facts.namespaces.limits[name] === 0);
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
    (failure.errno === 'ENODEV' || failure.errno === 'EOPNOTSUPP') &&
    failure.subject === 'interfaces' && {
      cause: 'This kernel has no veth interfaces (CONFIG_VETH), or its module is not loaded.',
      remedy: remedies.veth,
    },

  ({ failure }) =>
    failure.call === 'mount_setattr' && {
      cause:
        "The file system of the kit's folder cannot show an image of root's as one of the container's root: " +
        'mapping ids takes Linux 5.12, and not every file system can.',
      remedy: remedies.idMaps,
    },
];
