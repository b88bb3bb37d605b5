/** What a recipe is. */
import type { Progress } from './build-progress.ts';

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
