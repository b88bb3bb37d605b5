/** The recipes that there are. */
import { busyboxRecipe } from './busybox/recipe.ts';
import { debianRecipe } from './debian/recipe.ts';
import { hostRecipe } from './host/recipe.ts';
import type { Recipe } from './recipe.ts';

export const recipes: readonly Recipe[] = [hostRecipe, busyboxRecipe, debianRecipe()];

/** The recipe of that name. Throws, naming those that there are, if there is none. */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe) return recipe;
  const known = recipes.map((candidate) => `  ${candidate.name}  ${candidate.title}`);
  throw new Error([`There is no recipe for an image \`${name}\`. There are:`, ...known].join('\n'));
}
