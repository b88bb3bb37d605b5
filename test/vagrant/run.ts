/**
 * `npm run test:vagrant`: the Vagrantfile with the provider libvirt, as root:
 * the machine comes up, is provisioned, runs a step, and is destroyed. The box
 * is packaged here, of Debian's packages. Without KVM it takes half an hour.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePrograms } from '../../src/vm/programs.ts';
import { runCommand } from '../command.ts';
import { countsLine, countsOfUvu } from '../counts.ts';
import { exitNotHere } from '../not-here.ts';
import { scratchFolder } from '../scratch.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const MINUTE_S = 60;
const BOX_TIMEOUT_S = 10 * MINUTE_S;
const TIMEOUT_S = 60 * MINUTE_S;

const PROGRAMS = [
  { name: 'vagrant', package: 'vagrant vagrant-libvirt' },
  { name: 'libvirtd', package: 'libvirt-daemon libvirt-daemon-driver-qemu' },
  { name: 'virsh', package: 'libvirt-clients' },
  { name: 'dnsmasq', package: 'dnsmasq-base' },
  { name: 'qemu-system-x86_64', package: 'qemu-system-x86' },
  { name: 'qemu-img', package: 'qemu-utils' },
  { name: 'slirp4netns', package: 'slirp4netns' },
  { name: 'mmdebstrap', package: 'mmdebstrap' },
  { name: 'rsync', package: 'rsync' },
  { name: 'ssh', package: 'openssh-client' },
];

function requireAll(): void {
  if (process.arch !== 'x64') throw new Error(`the box for this test is made for x64, and this is ${process.arch}`);
  if (process.geteuid?.() !== 0) throw new Error('this test needs root: libvirtd makes a bridge');
  requirePrograms('npm run test:vagrant', PROGRAMS);
}

async function test(folder: string): Promise<void> {
  console.log('Packaging a box…');
  const box = await runCommand([join(here, 'box.sh'), folder], { timeoutS: BOX_TIMEOUT_S });
  if (box.status !== 0) exitNotHere(new Error(`no box could be packaged:\n${box.output.trim()}`));
  const file = join(here, 'vagrantfile.test.ts');
  const node = [process.execPath, '--import', join(here, '../../bin/tsx.mjs')];
  const command = [join(here, 'beside-libvirtd.sh'), folder, ...node, file];
  const env = { LAB_BOX: folder, VAGRANT_HOME: join(folder, 'home'), VAGRANT_DOTFILE_PATH: join(folder, 'state') };
  const { status, output } = await runCommand(command, { env, timeoutS: TIMEOUT_S, hear: (line) => console.log(line) });
  const counts = countsOfUvu(output, status);
  console.log(`\n${countsLine(counts)}`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

async function main(): Promise<void> {
  try {
    requireAll();
  } catch (error) {
    exitNotHere(error);
  }
  await test(scratchFolder());
}

void main();
