/** The benchmark compares like with like: what it starts is as confined as the kit's own container, and leaves nothing. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, launchWords } from '../../bench/command.ts';
import { defaultSettings } from '../../bench/kit-worker.ts';
import { removeCgroups } from '../../bench/oci.ts';
import { referenceContender } from '../../bench/reference.ts';
import { likeStep13 } from '../../bench/runtimes.ts';
import { openWorkspace, type Workspace } from '../../bench/workspace.ts';
import { ensureImage, imageDirectory } from '../../rootfs-builder/images.ts';
import { startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { read } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';

const test = suite('bench');
const needs = [canRun(13)];

async function open(): Promise<Workspace> {
  await ensureImage('host');
  const workspace = openWorkspace(new AbortController().signal);
  onTestEnd(() => {
    removeCgroups(workspace);
    workspace.remove();
  });
  await ensureImage('host', { place: workspace.images });
  return workspace;
}

/** An image whose `true` takes its time, so that it can be looked at. */
function slowImage(): string {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o711);
  const image = join(directory, 'image');
  cpSync(imageDirectory('host'), image, { recursive: true, verbatimSymlinks: true });
  rmSync(join(image, 'usr/bin/true'));
  writeFileSync(join(image, 'usr/bin/true'), '#!/bin/sh\nsleep 3\n', { mode: 0o755 });
  return image;
}

/** Process 1 of the container that an owner has made. */
function processOf(owner: string): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => {
      const isOwned = pid > 0 && read(`/proc/${pid}/environ`).includes(`CONTAINER_LAB=${owner}`);
      return isOwned && /^NSpid:.*\t1$/m.test(read(`/proc/${pid}/status`));
    });
}

const RIGHTS = ['CapPrm', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp'];

function rightsIn(status: string): string[] {
  return status.split('\n').filter((line) => RIGHTS.includes(line.split(':')[0] ?? ''));
}

/** Where it has mounts, of which kind, and with which flags. */
function mountsOf(pid: number): string[] {
  const lines = read(`/proc/${pid}/mountinfo`).trim().split('\n');
  return lines.map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    return `${before.split(' ').slice(4, 6).join(' ')} ${after.split(' ')[0]}`;
  });
}

/** The namespaces that it does not share with the host. */
function ownNamespaces(pid: number): string[] {
  const names = readdirSync('/proc/self/ns').filter((name) => !name.endsWith('_for_children'));
  return names.filter((name) => readlinkSync(`/proc/${pid}/ns/${name}`) !== readlinkSync(`/proc/self/ns/${name}`));
}

function viewOf(pid: number) {
  return { rights: rightsIn(read(`/proc/${pid}/status`)), mounts: mountsOf(pid), namespaces: ownNamespaces(pid) };
}

kernelTest(test, needs, 'the C program makes the container that step 13 makes, and leaves nothing', async () => {
  const container = await startContainer(['13']);
  const kits = viewOf(container.pid);
  await container.end();
  assert.ok(kits.rights.includes('Seccomp:\t2') && kits.namespaces.includes('time'), JSON.stringify(kits));

  const workspace = await open();
  const settings = await defaultSettings(13);
  const root = { ...settings.root, path: slowImage() };
  const forwarding = read('/proc/sys/net/ipv4/ip_forward');
  const measured = referenceContender(13, 1, { ...settings, root }, workspace).measure();
  // It ends before what it needs is removed, also if the test fails.
  onTestEnd(() => measured.catch(() => {}));
  const pid = await until('a program in the container', () => {
    const found = processOf(workspace.owner);
    return found !== undefined && read(`/proc/${found}/comm`).trim() === 'true' ? found : undefined;
  });
  assert.equal(viewOf(pid), kits);
  assert.is((await measured).length, 1, 'the first one does not count');
  assert.is(read('/proc/sys/net/ipv4/ip_forward'), forwarding);
});

for (const tool of ['bwrap', 'crun', 'runc']) {
  kernelTest(test, [...needs, program(tool)], `${tool}, confined, has the rights of step 13`, async () => {
    const container = await startContainer(['13']);
    const kits = rightsIn(read(`/proc/${container.pid}/status`));
    await container.end();
    const workspace = await open();
    const command = (await likeStep13(workspace)).find(({ words }) => words[0] === tool);
    assert.ok(command);
    if (command) assert.equal(rightsIn(runInside(command, ['/bin/cat', '/proc/self/status'], workspace)), kits);
  });
}

/** What another program than `true` prints. */
function runInside(command: Command, argv: readonly string[], { launch }: Workspace): string {
  const { words } = command;
  const bundle = words[words.indexOf('--bundle') + 1];
  if (words.includes('--bundle') && bundle !== undefined) {
    const path = join(bundle, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...config, process: { ...config.process, args: argv } }));
  }
  const told = words.includes('--bundle') ? words : [...words.slice(0, -1), ...argv];
  const { stdout, stderr } = spawnSync(launch, launchWords({ ...command, words: told }), {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  assert.ok(stdout, stderr);
  return stdout;
}

test.run();
