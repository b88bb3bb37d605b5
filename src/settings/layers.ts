/** The layers of a root that is an overlay. A config.json has none: there the root is made before it is read. */
import { UsageError } from '../command-line/usage-error.ts';
import type { SubjectOption } from './option.ts';

export interface Layers {
  /** Where what the container changes is kept; without it, it is thrown away. What is typed is a name: src/run resolves it. */
  readonly keep?: string;
  /** Layers between the image and the container, the lowest first. What is typed are names. */
  readonly below: readonly string[];
}

export const DEFAULT_LAYERS: Layers = { below: [] };

const NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/;
/** With what a run adds to it, it still fits into the name of a file: 255 bytes. */
const LONGEST = 64;

/** The name of a layer. @throws UsageError for what could lead elsewhere */
export function layerName(text: string): string {
  if (NAME.test(text) && text.length <= LONGEST) return text;
  throw new UsageError(
    `${JSON.stringify(text.slice(0, 2 * LONGEST))} is no name for a layer: small letters and digits, joined by . _ or -, ${LONGEST} at most`,
  );
}

/** The kernel takes 500 lower layers (OVL_MAX_STACK), and one of them is the image. */
export const MOST_BELOW = 499;

function below(layers: Layers, text: string): Layers {
  const name = layerName(text);
  if (layers.below.includes(name)) throw new UsageError(`the layer ${name} is given twice`);
  if (layers.below.length === MOST_BELOW)
    throw new UsageError(`${MOST_BELOW} layers are the most that the kernel takes`);
  return { ...layers, below: [...layers.below, name] };
}

export const layersOptions: readonly SubjectOption<Layers>[] = [
  {
    name: '--keep',
    value: 'NAME',
    about: 'layers',
    help: 'keep what is changed, as a layer of this name',
    set: (layers, text) => ({ ...layers, keep: layerName(text) }),
  },
  {
    name: '--layer',
    value: 'NAME',
    about: 'layers',
    help: 'a kept layer to put over the image; may be given several times',
    set: below,
  },
];
