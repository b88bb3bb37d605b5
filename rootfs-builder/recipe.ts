/** What a recipe is, and the ones there are. */
import { busyboxRecipe } from './busybox/recipe.ts';
import { debianRecipe } from './debian/recipe.ts';
import { hostRecipe } from './host/recipe.ts';
import type { Progress } from './progress.ts';

export interface Recipe {
  /** The image's name, and its directory's. */
  readonly name: string;
  /** What the image is, in a few words. */
  readonly title: string;
  /** How long a build takes, for the line that announces it. */
  readonly takes: string;
  /** Takes too long, or downloads too much, to be built because a step happens to ask for it. */
  readonly onlyOnDemand?: boolean;
  /** Fills `target`, an empty directory. Throws if the image cannot be whole. */
  readonly build: (target: string, work: Work) => Promise<void>;
}

/** The circumstances of a build. */
export interface Work {
  /** The directory around `target`: closed to others, on the same disk, and removed at the end. */
  readonly workshop: string;
  /** Aborts when the build is to stop. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly say: (line: string) => void;
}

export const recipes: readonly Recipe[] = [hostRecipe, busyboxRecipe, debianRecipe()];

/** The recipe of that name. Throws, naming those that there are, if there is none. */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe) return recipe;
  const known = recipes.map((candidate) => `  ${candidate.name}  ${candidate.title}`);
  throw new Error([`There is no recipe for an image \`${name}\`. There are:`, ...known].join('\n'));
}
