import type { Exercise } from '#src/catalogue/exercise.ts';
import { oneOf, sentry } from '#src/checks/draw.ts';
import { allCapabilities } from '#src/steps/12-rights.ts';
import { CAP, type Capability } from '#src/syscalls/flags.ts';

/** Without CAP_SETPCAP, which it would take to give up more. */
const CHOICES: readonly [readonly Capability[], ...(readonly Capability[])[]] = [
  ['CAP_CHOWN', 'CAP_KILL'],
  ['CAP_FOWNER', 'CAP_NET_BIND_SERVICE'],
  ['CAP_NET_RAW'],
  ['CAP_CHOWN', 'CAP_SETGID', 'CAP_SETUID'],
  ['CAP_KILL', 'CAP_SYS_CHROOT'],
];

/** What is expected, and the field of /proc/PID/status. */
const SETS = [
  ['the permitted capabilities', 'CapPrm', true],
  ['the effective capabilities', 'CapEff', true],
  ['the bounding set', 'CapBnd', true],
  ['the inheritable capabilities', 'CapInh', false],
  ['the ambient capabilities', 'CapAmb', false],
] as const;

export const exercise: Exercise = {
  title: 'Given up, and back',
  kind: 'find the bug',
  points: 10,
  starterFails: 'observed all of them',
  hints: [
    {
      when: 'the permitted capabilities',
      text: 'When root executes a program, the kernel permits it all that is in one of the five sets, whatever it had before. Which one has `capset` left as it was?',
    },
    {
      when: 'the effective capabilities',
      text: 'What is permitted and not in effect can be switched on again. Set both alike.',
    },
    {
      when: 'the bounding set',
      text: 'This program has few rights, and the next one that it executes may have more: what is in the bounding set can come back.',
    },
    {
      when: 'the inheritable capabilities',
      text: 'What is inheritable is for programs whose file asks for it. `capset` has three sets, and this one can be empty.',
    },
    {
      when: 'the ambient capabilities',
      text: 'Ambient is what the program of another user keeps over execve. Root needs nothing of it.',
    },
    {
      when: 'the program runs',
      text: 'Look at the trace: which call failed? Taking something out of the bounding set needs a capability, too.',
    },
    { text: '`npm run calls -- dropBounding`, and `npm run calls -- allCapabilities`.' },
    {
      text: 'capabilities(7), "Transformation of capabilities during execve()", and "Capabilities and execution of programs by root".',
    },
  ],
  round() {
    const kept = oneOf(CHOICES);
    return {
      given: { kept },
      scripts: { program: sentry() },
      async check(trial) {
        const program = await trial.program();
        for (const [what, field, isKept] of SETS) {
          trial.expect(what, {
            expected: inWords(isKept ? maskOf(kept) : 0n),
            observed: inWords(BigInt(`0x${program.status(field) || '0'}`)),
            command: `grep ${field} /proc/${program.pid}/status`,
          });
        }
        await trial.expectStatus();
      },
    };
  },
};

function maskOf(names: readonly Capability[]): bigint {
  return names.reduce((mask, name) => mask | (1n << BigInt(CAP[name])), 0n);
}

function inWords(mask: bigint): string {
  const all = allCapabilities();
  const held = all.filter((name) => (mask & maskOf([name])) !== 0n);
  if (held.length === 0) return 'none';
  if (held.length === all.length) return 'all of them';
  return held.length > 5 ? `${held.length} of ${all.length}` : held.join(', ');
}
