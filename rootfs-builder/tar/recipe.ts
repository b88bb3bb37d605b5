/** An image made elsewhere: `docker export`, an LXC or distribution tarball, `pack` of this kit. */
import { chmodSync, lstatSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe, Work } from '../recipe.ts';
import { unpack } from './unpack.ts';

/** The recipe for an image `name` from the archive `file`, an absolute path. */
export function tarRecipe(name: string, file: string): Recipe {
  return {
    name,
    title: `unpacked from ${file}`,
    takes: 'seconds',
    async build(target, work) {
      await unpack(file, target, work);
      refuseImageArchive(target, file);
      liftOut(target, work);
    },
  };
}

// `docker save` has had manifest.json from the beginning, and is an OCI layout too since Docker 25.
function refuseImageArchive(target: string, file: string): void {
  const isThere = (name: string) => lstatSync(join(target, name), { throwIfNoEntry: false })?.isFile();
  if (!isThere('oci-layout') && !isThere('manifest.json')) return;
  throw new Error(
    `${file} holds an image in layers (docker save, OCI), not a root file system. ` +
      'Make one of it: docker load <FILE; docker create --name x IMAGE; docker export x >x.tar; docker rm x',
  );
}

/** What is at the top of a root file system. */
const TOP = ['bin', 'etc', 'lib', 'sbin', 'usr'];

/** Some archives hold one folder, and in that the root file system. */
function liftOut(target: string, { workshop, say }: Work): void {
  const [name = '', ...others] = readdirSync(target);
  const only = join(target, name);
  if (others.length > 0 || TOP.includes(name) || !lstatSync(only).isDirectory()) return;
  if (!readdirSync(only).some((below) => TOP.includes(below))) return;
  say(`All of it is in one folder, ${name}, which is left out.`);
  // A folder that moves must be open to its owner.
  chmodSync(only, 0o755);
  const lifted = join(workshop, 'lifted');
  renameSync(only, lifted);
  rmdirSync(target);
  renameSync(lifted, target);
}
