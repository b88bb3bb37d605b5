/** The whole benchmark, and what must be gone when it is over. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureImage } from '../rootfs-builder/images.ts';
import { measureContainers } from './containers.ts';
import { measureImages } from './images.ts';
import { Kit } from './kit.ts';
import { thisMachine } from './machine.ts';
import { removeCgroups } from './oci.ts';
import { measureProcesses } from './processes.ts';
import type { Results, Section } from './report.ts';
import { kit as kitDirectory, openWorkspace } from './workspace.ts';

/** Milliseconds for each step, for the whole commands, and for the images. */
export interface Budget {
  readonly step: number;
  readonly processes: number;
  readonly images: number;
}

export const FULL: Budget = { step: 4000, processes: 30_000, images: 20_000 };
export const QUICK: Budget = { step: 700, processes: 3000, images: 2000 };

export interface Listener {
  onProgress(line: string): void;
  onSection(section: Section): void;
}

/** When `signal` aborts, what is being measured comes to its end, and what was made is removed. */
export async function runBenchmark(
  budget: Budget,
  { onProgress, onSection }: Listener,
  signal: AbortSignal,
): Promise<Results> {
  // Node.js 20 parses these certificates at every start, which is not the kit's time.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const machine = thisMachine();
  const workspace = openWorkspace(signal);
  const kit = new Kit();
  try {
    await ensureImage('host', { onProgress });
    await ensureImage('host', { place: workspace.images });
    const sections: Section[] = [];
    const note = (section: Section) => {
      sections.push(section);
      onSection(section);
    };
    note(await measureContainers(kit, workspace, budget.step));
    note(await measureProcesses(workspace, budget.processes));
    note(await measureImages(kit, workspace, budget.images));
    return { machine, sections };
  } finally {
    await kit.end();
    removeCgroups(workspace);
    workspace.remove();
  }
}

/** Returns the path, from the kit's folder; undefined where this user may not write there. */
export function writeResults(results: Results): string | undefined {
  const path = join('bench', 'results', 'latest.json');
  try {
    mkdirSync(join(kitDirectory, 'bench', 'results'), { recursive: true });
    writeFileSync(join(kitDirectory, path), `${JSON.stringify(results, null, 2)}\n`);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined;
    throw error;
  }
}
