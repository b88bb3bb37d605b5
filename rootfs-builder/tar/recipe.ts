/** An image made elsewhere: `docker export`, an LXC or distribution tarball, `pack` of this kit. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../recipe.ts';
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
