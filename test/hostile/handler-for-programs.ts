/**
 * Has the kernel run a program of its own in place of those that the grader
 * runs in its user namespace: binfmt_misc belongs to that, since Linux 6.7. The
 * flag F keeps the program open, so that it need not be where the grader is.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWUSER } from '#src/syscalls/flags.ts';

/** A program for x86-64: `mkdir("/tmp/owned", 0777); exit(0)`. */
function program(): Buffer {
  const code = Buffer.from('b853000000488d3d10000000beff0100000f05b83c00000031ff0f05', 'hex');
  const path = Buffer.from('/tmp/owned\0');
  const header = Buffer.alloc(120);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16); // an executable
  header.writeUInt16LE(62, 18); // for x86-64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(0x400078n, 24); // it begins here
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // to be loaded, and executed
  header.writeUInt32LE(5, 68);
  header.writeBigUInt64LE(0x400000n, 80);
  header.writeBigUInt64LE(0x400000n, 88);
  const size = BigInt(header.length + code.length + path.length);
  header.writeBigUInt64LE(size, 96);
  header.writeBigUInt64LE(size, 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code, path]);
}

export async function run(lab: Lab, given: { uid: number; gid: number }): Promise<{ status: number }> {
  mkdirSync('/tmp/handlers');
  spawnSync('mount', ['-t', 'binfmt_misc', 'none', '/tmp/handlers'], { stdio: 'inherit' });
  writeFileSync('/tmp/mine', program(), { mode: 0o755 });
  for (const name of ['cat', 'stat', 'ip', 'ping', 'ipcs', 'ipcmk', 'hostname']) register(name);
  const checkpoint = await openCheckpoint(lab);
  const child = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWUSER);
  await lab.perform([
    ...writeFile(`/proc/${child.pid}/setgroups`, 'deny'),
    ...writeFile(`/proc/${child.pid}/uid_map`, `${given.uid} 0 1`),
    ...writeFile(`/proc/${child.pid}/gid_map`, `${given.gid} 0 1`),
  ]);
  await release(lab, checkpoint);
  await lab.wait(child);
  return { status: 0 };
}

/** By the first bytes of that program, which are those of no other. */
function register(name: string): void {
  try {
    const magic = readFileSync(`/usr/bin/${name}`).subarray(0, 64).toString('hex').replace(/../g, '\\x$&');
    writeFileSync('/tmp/handlers/register', `:${name}:M::${magic}::/tmp/mine:F`);
  } catch (error) {
    console.log(String(error));
  }
}
