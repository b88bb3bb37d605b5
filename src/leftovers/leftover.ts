/**
 * What can outlive a run, as data: it fits into a file, so that another process
 * can remove it later.
 */

export interface LeftoverKinds {
  /** A process; it bears its owner's mark in its environment. */
  readonly process: { readonly pid: number };
  /** A network interface; its alias is the owner's mark. A cable's end goes by itself when the other end's network does. */
  readonly link: { readonly name: string; readonly mark: string };
  /**
   * A cgroup; its name is the owner's mark. `enabled`, in cgroup v2: controllers
   * that the parent hands out for its sake, and will hand out no more.
   */
  readonly cgroup: { readonly directory: string; readonly enabled?: readonly string[] };
  /** A table of packet rules; its name is the owner's mark. */
  readonly table: { readonly name: string };
  /** The bridge that containers share, with what it has changed; it goes when nobody is on it any more. */
  readonly network: { readonly name: string };
  /** A directory with temporary files; its name is the owner's mark. */
  readonly directory: { readonly path: string };
}

export type Kind = keyof LeftoverKinds;

/** One thing of a kind; without a kind, of any. */
export type Leftover<Of extends Kind = Kind> = { [Name in Of]: { readonly kind: Name } & LeftoverKinds[Name] }[Of];
