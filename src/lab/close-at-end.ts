/** Descriptors that are open as long as a run. */
import { close } from '../syscalls/files.ts';
import type { Lab } from './lab.ts';

/** Closes a descriptor of this process when the run ends. */
export function closeAtEnd(lab: Lab, fd: number): void {
  lab.onEnd(async () => {
    await lab.perform([close(fd)]);
  });
}
