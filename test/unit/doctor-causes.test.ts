import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../src/doctor/causes.ts';
import type { Facts } from '../../src/doctor/facts.ts';
import { judge } from '../../src/doctor/judge.ts';
import type { Who } from '../../src/doctor/needs.ts';
import { asSudo, likelyFailure, sharedFailure } from '../../src/doctor/prediction.ts';
import { programProblem } from '../../src/doctor/program-problem.ts';
import { stepAt } from '../support/steps.ts';

const healthy: Facts = {
  kernel: '6.8.0',
  architecture: 'x64',
  wsl: undefined,
  container: undefined,
  uid: 0,
  nestedUser: false,
  rights: { effective: '000001ffffffffff', bounding: '000001ffffffffff', noNewPrivs: false, seccompFilter: false },
  namespaces: { limits: { user: 60000 }, usernsClone: undefined, apparmorRestricts: false, missing: [] },
  securityModules: [],
  label: 'unconfined',
  cgroups: {
    mode: 'v2',
    hierarchies: [{ version: 2, path: '/sys/fs/cgroup', readOnly: false, controllers: ['memory'] }],
  },
  procCovers: [],
  rootPropagation: 'shared',
  ipForward: false,
  tools: { ip: true, compiler: true, nft: true },
};

const settings = (change: Partial<Facts['namespaces']>): Facts => ({
  ...healthy,
  namespaces: { ...healthy.namespaces, ...change },
});

const rights = (change: Partial<Facts['rights']>, facts = healthy): Facts => ({
  ...facts,
  rights: { ...facts.rights, ...change },
});

function told(facts: Facts, who: Who, step: number, call: string, errno: string, text = call, more = {}): string {
  const { cause, remedy } = explain({ facts, who, step: stepAt(step), failure: { call, errno, text, ...more } });
  return `${cause} -> ${remedy}`;
}

test('Ubuntu 24.04: AppArmor lets the clone pass and takes the capabilities', () => {
  const text = told(settings({ apparmorRestricts: true }), 'rootless', 1, 'sethostname', 'EPERM');
  assert.match(text, 'AppArmor');
  assert.match(text, 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0');
});

test('a machine that lives in its initramfs: pivot_root cannot exchange that', () => {
  for (const who of ['root', 'rootless'] as const) {
    const text = told(healthy, who, 9, 'pivot_root', 'EINVAL');
    assert.match(text, 'initramfs');
    assert.match(text, 'npm run vm');
  }
  assert.not.match(told(healthy, 'root', 9, 'pivot_root', 'EPERM'), 'initramfs');
});

test('overlays: a module that is not loaded, and kernels that do less', () => {
  const text = 'mount("overlay", "merged", "overlay", 0, "lowerdir=0") = -1';
  const say = (who: 'root' | 'rootless', errno: string, kernel: string) =>
    told({ ...healthy, kernel }, who, 10, 'mount', errno, text);
  assert.match(say('root', 'ENODEV', '6.1.0-13-amd64'), 'sudo modprobe overlay');
  assert.match(say('root', 'EINVAL', '5.15.0-91-generic'), 'that takes Linux 5.19');
  assert.match(say('rootless', 'EPERM', '5.10.0-8-amd64'), 'for users it takes Linux 5.11');
  assert.not.match(say('rootless', 'EPERM', '5.11.0'), '5.11');
});

test('old Debian', () => {
  const text = told(settings({ usernsClone: 0 }), 'rootless', 5, 'clone', 'EPERM');
  assert.match(text, 'sudo sysctl -w kernel.unprivileged_userns_clone=1');
});

test('limits of 0 are named, and only those that the step needs', () => {
  const facts = settings({ limits: { user: 0, net: 0, uts: 5 } });
  assert.match(told(facts, 'rootless', 2, 'clone', 'ENOSPC'), 'user.max_user_namespaces is 0');
  const both = told(facts, 'root', 6, 'clone', 'ENOSPC');
  assert.match(both, 'user.max_user_namespaces and user.max_net_namespaces are 0');
  assert.match(both, 'sudo sysctl -w user.max_net_namespaces=15000');
});

test('a limit that is reached, not 0', () => {
  assert.match(told(healthy, 'rootless', 1, 'clone', 'ENOSPC'), 'nested more than 32 deep');
});

test('a kernel without a kind of namespace', () => {
  const text = told(settings({ missing: ['user'] }), 'root', 5, 'clone', 'EINVAL');
  assert.match(text, 'CONFIG_USER_NS');
});

test('root in an ordinary Docker container', () => {
  const facts = rights({ effective: '00000000a80425fb', seccompFilter: true }, { ...healthy, container: 'docker' });
  const text = told(facts, 'root', 1, 'clone', 'EPERM');
  assert.match(text, 'CAP_SYS_ADMIN');
  assert.match(text, 'docker run --privileged');
});

test('a user in Docker meets the seccomp filter, in a sandbox likewise', () => {
  const facts = rights({ seccompFilter: true });
  assert.match(told({ ...facts, container: 'docker' }, 'rootless', 1, 'clone', 'EPERM'), 'seccomp=unconfined');
  assert.match(told(facts, 'rootless', 1, 'exit_group', 'signal 31'), 'seccomp');
});

test('a hidden /proc, even where AppArmor is absent and a filter is present', () => {
  const facts = { ...rights({ seccompFilter: true }), procCovers: ['/proc/kcore', '/proc/keys', '/proc/acpi'] };
  const text = told(facts, 'rootless', 4, 'mount', 'EPERM', 'mount("proc", "/proc", "proc", 0, NULL)');
  assert.match(text, 'partly hidden here (/proc/kcore, /proc/keys, …)');
});

test('AppArmor’s profile for containers forbids mount with EACCES', () => {
  const facts = { ...healthy, container: 'docker', label: 'docker-default (enforce)' };
  assert.match(told(facts, 'root', 4, 'mount', 'EACCES'), 'apparmor=unconfined');
});

test('a chroot, a nested root, WSL 1, a kernel without veth', () => {
  assert.match(told({ ...healthy, rootPropagation: undefined }, 'rootless', 5, 'clone', 'EPERM'), 'chroot');
  assert.match(told({ ...healthy, nestedUser: true }, 'root', 6, 'sendto', 'EPERM'), 'root of a user namespace only');
  assert.match(told({ ...healthy, wsl: 1 }, 'root', 1, 'clone', 'EINVAL'), 'wsl --set-version');
  const interfaces = { subject: 'interfaces' };
  assert.match(told(healthy, 'root', 6, 'sendto', 'EOPNOTSUPP', 'sendto', interfaces), 'sudo modprobe veth');
  assert.not.match(told(healthy, 'root', 6, 'sendmsg', 'EOPNOTSUPP'), 'veth', 'of a socket of another kind, say');
});

test('root without a capability: only if the call that failed needs it', () => {
  const facts = rights({ effective: '00000000a80425fb' });
  const refusedAt = (needs: readonly string[]) => told(facts, 'root', 6, 'sendto', 'EPERM', 'sendto', { needs });
  assert.match(refusedAt(['CAP_NET_ADMIN']), 'Root has no CAP_NET_ADMIN, CAP_SYS_ADMIN here');
  assert.not.match(refusedAt(['CAP_SYS_CHROOT']), 'Root has no');
});

test('what no rule knows is told in the kernel’s words', () => {
  assert.match(told(healthy, 'root', 4, 'mount', 'EIO', 'mount(…) = -1 EIO'), 'The kernel refused: mount(…) = -1 EIO');
});

test('settings foretell what root would meet', () => {
  assert.is(likelyFailure(stepAt(8), 'root', asSudo(healthy)), undefined);
  assert.is(likelyFailure(stepAt(0), 'root', { ...healthy, wsl: 1 }), undefined);
  assert.is(likelyFailure(stepAt(5), 'root', settings({ limits: { user: 0 } }))?.errno, 'ENOSPC');
  assert.is(likelyFailure(stepAt(4), 'root', settings({ limits: { user: 0 } })), undefined);
  assert.is(likelyFailure(stepAt(1), 'root', asSudo(rights({ bounding: '00000000a80425fb' })))?.errno, 'EPERM');
});

test('root shares what a filter or a chroot does to a user, but not what is meant for users', () => {
  const failure = { call: 'clone', errno: 'EPERM', text: 'clone' };
  assert.is(sharedFailure(stepAt(1), healthy, failure), undefined);
  assert.is(sharedFailure(stepAt(5), healthy, failure), failure);
  assert.is(sharedFailure(stepAt(1), rights({ seccompFilter: true }), failure), failure);
  assert.is(sharedFailure(stepAt(5), settings({ apparmorRestricts: true }), failure), undefined);
});

test('step 7 without limits: root cannot run it, a user is told what it leaves out', () => {
  const limiting = { possible: false, missing: ['memory: there is none.'] };
  const root = judge({ step: stepAt(7), who: 'root', facts: healthy }, null, limiting);
  assert.is(root.ok, false);
  const rootless = judge({ step: stepAt(7), who: 'rootless', facts: healthy }, null, limiting);
  assert.ok(rootless.ok && rootless.notes.includes('No limits for memory: there is none.'));
  const none = judge(
    { step: stepAt(7), who: 'root', facts: { ...healthy, cgroups: { mode: 'none', hierarchies: [] } } },
    null,
  );
  assert.ok(!none.ok && none.remedy.includes('mount -t cgroup2'));
});

test('a kit that does not start', () => {
  const message = 'No C compiler (cc) was found, and the kit needs one: sudo apt-get install gcc libc6-dev';
  assert.equal(programProblem(new Error(message)), {
    cause: 'No C compiler (cc) was found, and the kit needs one.',
    remedy: 'sudo apt-get install gcc libc6-dev linux-libc-dev',
  });
  const missing = Object.assign(new Error("Cannot find module 'koffi'\nRequire stack: …"), {
    code: 'MODULE_NOT_FOUND',
  });
  assert.is(programProblem(missing).remedy, 'npm ci');
});

test.run();
