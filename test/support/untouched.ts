/** What of a machine no submission may change, byte for byte: more than a run of the kit could. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSandboxId } from '../../src/sandbox/identities.ts';
import { hostState, read } from './lab.ts';

/** Settings that tell of what goes on, and change by themselves. */
const VOLATILE =
  /^(fs\/(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota|binfmt_misc)|kernel\/(random|ns_last_pid|pty\/nr|perf_|sched_|cad_pid|keys|pid_max)|net\/netfilter\/nf_conntrack_count|vm\/stat|dev\/)/;

export function machineState(): Record<string, unknown> {
  return {
    ...hostState(),
    settings: settings(),
    rules: rules(),
    agents: releaseAgents(),
    sandboxed: sandboxed(),
    marks: marks(),
  };
}

/** What the corpus would leave where it gets through. */
function marks(): string[] {
  return ['/owned', '/tmp/owned', '/usr/owned', '/usr/bin/owned'].filter((path) => existsSync(path));
}

/** Processes of a sandbox's users, who have no other. */
export function sandboxed(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const uid = Number(/^Uid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
      return isSandboxId(uid);
    })
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`);
}

function settings(folder = '/proc/sys'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const name = path.slice('/proc/sys/'.length);
    if (VOLATILE.test(name)) return [];
    return entry.isDirectory() ? settings(path) : [`${name} = ${read(path)}`];
  });
}

/** The packet filter's rules, without its counters, as far as there are programs to show them. */
function rules(): string[] {
  return [['nft', 'list', 'ruleset'], ['iptables-save'], ['iptables-legacy-save']].map(([program = '', ...words]) =>
    (spawnSync(program, words, { encoding: 'utf8' }).stdout ?? '').replace(/^#.*$|\[\d+:\d+\]/gm, ''),
  );
}

function releaseAgents(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(' - cgroup '))
    .map((line) => line.split(' ')[4] ?? '')
    .map((mount) => `${mount} ${read(`${mount}/release_agent`)} ${read(`${mount}/notify_on_release`)}`);
}
