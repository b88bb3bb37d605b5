/**
 * What a container can have of its own. A step says what it has, an option says
 * what it is about, and so nobody has to compare the numbers of steps.
 */
import type { NamespaceKind } from '../proc/namespaces.ts';

export type Feature =
  | NamespaceKind
  /** Control groups with limits. */
  | 'limits'
  /** A root file system that is an image. */
  | 'image'
  /** Mounts of its choice: a read-only root, volumes, file systems in memory. */
  | 'mounts'
  /** A root that is an overlay: what is changed is a layer over the image. */
  | 'layers'
  /** A place on a network of containers. */
  | 'bridge'
  /** Fewer rights for root inside: capabilities, a filter of system calls, hidden paths, chosen devices. */
  | 'confinement'
  /** A cgroup of its own in any case, which it sees as the top, and in which it can stand still. */
  | 'views';
