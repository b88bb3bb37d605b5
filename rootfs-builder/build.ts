/**
 * Building so that nobody ever sees half an image: in a workshop beside the
 * target, closed to others, from which the image is moved when it is whole.
 */
import { chmodSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Interrupted, interruptible, throwIfInterrupted } from '../src/command-line/interruption.ts';
import { giveAllToSudoUser } from '../src/command-line/sudo-user.ts';
import { onlyForward, type Progress } from './build-progress.ts';
import { assertIdle } from './in-use.ts';
import { removeAbandoned, removedIn, replacedIn, unfinishedName } from './leftovers.ts';
import { makePlace } from './place.ts';
import type { Recipe } from './recipe.ts';
import { removeTree } from './remove.ts';

export interface BuildOptions {
  /** Put the new image in the place of one that is there. Otherwise that one stays. */
  readonly replace?: boolean;
  readonly progress?: Progress;
  /** Is called with what somebody should know about this build, a line each. */
  readonly say?: (line: string) => void;
}

/**
 * Builds an image at `directory`, whose parent is made if need be. Throws with
 * the cause if the recipe fails, and Interrupted if a signal comes; then nothing
 * is left and an image that was there is as it was.
 */
export async function buildImage(recipe: Recipe, directory: string, options: BuildOptions = {}): Promise<void> {
  const { replace = false, progress = () => {}, say = () => {} } = options;
  const place = dirname(directory);
  const workshop = join(place, unfinishedName(basename(directory)));
  try {
    makePlace(place);
    if (replace) assertIdle(directory);
    await removeAbandoned(place);
    await interruptible(async (signal) => {
      try {
        // Closed to others: on its way here a copy of `mount` is setuid root for a moment.
        mkdirSync(workshop, { mode: 0o700 });
        const target = join(workshop, 'image');
        mkdirSync(target);
        await recipe.build(target, { workshop, signal, progress: onlyForward(progress), say });
        chmodSync(target, 0o755);
        giveAllToSudoUser(target);
        await throwIfInterrupted(signal);
        moveInto(target, directory, replace ? workshop : undefined);
      } finally {
        // It is done, or there is a reason why not: this is neither.
        await removeTree(workshop).catch((error: Error) => say(error.message));
      }
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Building the image \`${recipe.name}\` in ${directory} failed:\n  ${reason}`, { cause: error });
  }
}

/**
 * rename(2) does not replace a directory that has something in it, so the old
 * image is moved away first, into the workshop. If another build has put one
 * there meanwhile, that one is used.
 */
function moveInto(whole: string, directory: string, workshop: string | undefined): void {
  const isThere = () => lstatSync(directory, { throwIfNoEntry: false }) !== undefined;
  const aside = workshop !== undefined && isThere() ? replacedIn(workshop) : undefined;
  if (aside !== undefined) {
    assertIdle(directory);
    renameSync(directory, aside);
  }
  try {
    renameSync(whole, directory);
  } catch (error) {
    if (!isThere()) {
      if (aside !== undefined) renameSync(aside, directory);
      throw error;
    }
  }
  // From here on it is not to be put back any more.
  if (workshop !== undefined && aside !== undefined) renameSync(aside, removedIn(workshop));
}
