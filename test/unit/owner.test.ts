/** What can be known of an owner in another PID namespace. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerState } from '../../src/leftovers/owner.ts';
import { type Need, root, testWith } from '../support/needs.ts';

const test = suite('owner');
/** That of the machine: from there all processes can be seen. */
const seesAll: Need = () =>
  readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]' ? undefined : "needs the machine's own PID namespace";

const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);

testWith(test, [root, seesAll], 'an owner in a PID namespace is over when nobody lives there', async () => {
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sh', '-c', 'readlink /proc/self/ns/pid; cat']);
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  const owner = `container-lab-${boot}-${/\d+/.exec(String(text))?.[0]}-1-12345-1`;
  assert.is(ownerState(owner), 'unknown');
  child.stdin.end();
  await once(child, 'close');
  assert.is(ownerState(owner), 'over');
});

test.run();
