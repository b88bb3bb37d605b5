/**
 * Trying a step: the step itself runs, with a child that ends where its program
 * would begin. Namespaces, and what is in them, go with their last process. What
 * would outlive the child is not made: the parent's calls that would change the
 * host's network are answered here, once the kernel has said whether it would
 * allow them.
 */
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CallFailure } from '../executor/failure.ts';
import { type Performed, perform } from '../executor/perform.ts';
import type { End } from '../executor/reaper.ts';
import { callText } from '../executor/text.ts';
import type { Cloned, CloneOptions, Lab } from '../lab/lab.ts';
import { Pretence } from '../lab/pretend.ts';
import { Run } from '../lab/run.ts';
import type { Step } from '../lab/step.ts';
import { makeMarkedDirectory } from '../leftovers/directories.ts';
import type { Leftover } from '../leftovers/leftover.ts';
import { hostsFile } from '../leftovers/network.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { identityOf } from '../run/run-step.ts';
import { DEFAULTS, type Settings } from '../settings/settings.ts';
import { idMaps } from '../settings/users.ts';
import { openImage } from '../steps/08-image.ts';
import type { Call } from '../syscalls/call.ts';
import { close, dup3, openat } from '../syscalls/files.ts';
import { CLONE_NEWNET, O_WRONLY } from '../syscalls/flags.ts';
import { addBridge, addVeth, deleteLink, request } from '../syscalls/netlink.ts';
import { exit } from '../syscalls/processes.ts';
import type { Who } from './needs.ts';
import type { Refusal } from './verdict.ts';

/** A trial takes milliseconds. */
const TIMEOUT_MS = 10_000;
const STANDARD_STREAMS = [1, 2];

/** Tries a step; returns the call that failed, or undefined if the step can run. */
export async function rehearse(step: Step, who: Who): Promise<Refusal | undefined> {
  const owner = newOwnerName();
  const rootless = who === 'rootless';
  const settings = step.has.has('image') ? await withScratchImage(owner) : DEFAULTS;
  const run = new Run({
    owner,
    settings,
    rootless,
    program: [exit(0)],
    identity: identityOf({ step, settings, rootless }),
  });
  if (settings !== DEFAULTS) run.leaves({ kind: 'directory', path: join(settings.root.path, '..') });
  try {
    const end = await step.run(new Rehearsal(run, step));
    if (step.has.has('image') && !rootless) await tryMappedImage(run);
    if (step.has.has('layers') && !rootless) return (await tryMappedLayers(step)) ?? refusalOfEnd(end);
    return refusalOfEnd(end);
  } catch (error) {
    const cause = await run.causeOf(error);
    if (cause instanceof CallFailure) return refusalOf(cause);
    throw cause;
  } finally {
    await run.end();
  }
}

/** A run that touches nothing which would outlive it. */
class Rehearsal implements Lab {
  readonly owner: string;
  readonly settings: Settings;
  readonly rootless: boolean;
  readonly program: readonly Call[];
  readonly #run: Run;
  readonly #hasBridge: boolean;
  readonly #pretence = new Pretence(0);

  constructor(run: Run, { has }: Pick<Step, 'has'>) {
    this.#run = run;
    this.#hasBridge = has.has('bridge');
    this.owner = run.owner;
    this.settings = run.settings;
    this.rootless = run.rootless;
    this.program = run.program;
  }

  async perform(list: readonly Call[]): Promise<Performed> {
    if (isPrinting(list)) return this.#pretence.perform(list);
    if (!isAboutNetwork(list)) return this.#run.perform(list);
    askForNetwork(list);
    return this.#pretence.perform(list);
  }

  /**
   * The child says nothing, and finds the end of a cable in its network that the
   * parent did not put there. What a helper would do to the host's network, it
   * does to one of its own.
   */
  async clone(list: readonly Call[], flags: number, options: CloneOptions = {}): Promise<Cloned> {
    if (options.helper) {
      return this.#run.clone([...beSilent(), ...list], flags === 0 ? CLONE_NEWNET : flags, options);
    }
    const hasNetwork = (flags & CLONE_NEWNET) !== 0 && !this.rootless;
    const found = hasNetwork ? [...makeCable(), ...(this.#hasBridge ? makeBridge() : [])] : [];
    return this.#run.clone([...beSilent(), ...found, ...list], flags, options);
  }

  async wait(child: Cloned): Promise<End> {
    const timer = setTimeout(() => void child.destroy(), TIMEOUT_MS);
    try {
      return await this.#run.wait(child);
    } finally {
      clearTimeout(timer);
    }
  }

  async tell(): Promise<void> {}

  /** Directories and cgroups are really made. */
  leaves(leftover: Leftover): void {
    if (leftover.kind === 'directory' || leftover.kind === 'cgroup') this.#run.leaves(leftover);
  }

  onEnd(undo: () => void | Promise<void>): void {
    this.#run.onEnd(undo);
  }
}

/** An empty directory that belongs to root as seen from inside. */
async function withScratchImage(owner: string): Promise<Settings> {
  const path = join(makeMarkedDirectory(owner).path, 'image');
  mkdirSync(path);
  const { uids, gids } = idMaps(DEFAULTS.users);
  const [uid, gid] = [uids[0]?.outside ?? 0, gids[0]?.outside ?? 0];
  if (process.geteuid?.() === 0) chownSync(path, uid, gid);
  return { ...DEFAULTS, root: { path } };
}

const KIT = fileURLToPath(new URL('../..', import.meta.url));

/** Opens the kit's own folder as an image: one that belongs to real root is mounted with its ids mapped, unattached. */
async function tryMappedImage(run: Run): Promise<void> {
  await openImage(new Run({ owner: run.owner, settings: { ...run.settings, root: { path: KIT } }, program: [] }));
}

/** Lays an overlay over the kit's own folder, as over an image whose ids are mapped. Nothing is written to it. */
async function tryMappedLayers(step: Step): Promise<Refusal | undefined> {
  const settings = { ...DEFAULTS, root: { path: KIT } };
  const run = new Run({ owner: newOwnerName(), settings, program: [exit(0)] });
  try {
    return refusalOfEnd(await step.run(new Rehearsal(run, step)));
  } catch (error) {
    const cause = await run.causeOf(error);
    if (cause instanceof CallFailure) return refusalOf(cause);
    throw cause;
  } finally {
    await run.end();
  }
}

const NO_INTERFACE = 0x7fffffff;

/**
 * Asks to delete an interface that is not there: the kernel looks at rights
 * first, and ENODEV means that they suffice.
 * @throws CallFailure for the step's own request, if they do not
 */
function askForNetwork(list: readonly Call[]): void {
  try {
    perform(request(deleteLink(NO_INTERFACE)));
  } catch (error) {
    if (!(error instanceof CallFailure) || error.errno === 'ENODEV') return;
    const index = Math.max(
      0,
      list.findIndex(({ info }) => info.name === 'sendto'),
    );
    const call = list[index] ?? error.failed.call;
    throw new CallFailure({ ...error.failed, call, index, total: list.length });
  }
}

/** Both ends are inside the child's network. */
function makeCable(): Call[] {
  return request(addVeth({ name: 'eth0' }, { name: 'rehearsal' }));
}

/** It is one of the child's network, too. */
function makeBridge(): Call[] {
  return request(addBridge('rehearsed', '02:42:00:00:00:01', 'rehearsal'));
}

function beSilent(): Call[] {
  const nowhere = openat('/dev/null', O_WRONLY);
  return [nowhere, ...STANDARD_STREAMS.map((fd) => dup3(nowhere, fd)), close(nowhere)];
}

function isPrinting(list: readonly Call[]): boolean {
  return list.some(({ info, args: [fd] }) => info.name === 'write' && STANDARD_STREAMS.some((stream) => stream === fd));
}

/** The parent's requests are about the host's network; that it takes a name for a cable changes nothing there. */
function isAboutNetwork(list: readonly Call[]): boolean {
  return list.some(({ info, args }) => info.name === 'sendto' || args.includes(hostsFile()));
}

function refusalOf({ failed, errno }: CallFailure): Refusal {
  const { name, needs, subject } = failed.call.info;
  return {
    call: name,
    errno: errno ?? String(failed.result),
    text: callText(failed.call, failed.result),
    ...(needs && { needs }),
    ...(subject && { subject }),
  };
}

/** A seccomp filter may kill instead of refusing. */
function refusalOfEnd(end: End): Refusal | undefined {
  if ('status' in end && end.status === 0) return undefined;
  const how = 'signal' in end ? `signal ${end.signal}` : `status ${end.status}`;
  return { call: 'exit_group', errno: how, text: `The child ended with ${how}.` };
}
