/** What the doctor says of a step. */

/** Why something does not work here, and what to type so that it does. */
export interface Problem {
  readonly cause: string;
  readonly remedy: string;
}

/**
 * `notes` say what a step leaves out although it runs. `assumed`: it was not
 * tried but read off the machine's settings, for lack of the right to try.
 */
export type Verdict =
  | { readonly ok: true; readonly notes: readonly string[]; readonly assumed?: true }
  | ({ readonly ok: false; readonly assumed?: true } & Problem);

/** A call that the kernel refused while a step was tried. */
export interface Refusal {
  /** The name of the call, such as `mount`. */
  readonly call: string;
  /** The error, such as `EPERM`; or the signal that ended the child, such as `SIGSYS`. */
  readonly errno: string;
  /** The whole call as a trace shows it. */
  readonly text: string;
  /** What the definition of the call says: the capabilities that may be lacking, and what it is about. */
  readonly needs?: readonly string[];
  readonly subject?: string;
}

export const fine = (notes: readonly string[] = []): Verdict => ({ ok: true, notes });

export const broken = ({ cause, remedy }: Problem): Verdict => ({ ok: false, cause, remedy });

export const assumed = (verdict: Verdict): Verdict => ({ ...verdict, assumed: true });

export interface Limiting {
  /** Whether any limit can be set. */
  readonly possible: boolean;
  /** Those that cannot, one line per reason. */
  readonly missing: readonly string[];
  /** Why devices cannot be limited, if so. */
  readonly devices?: readonly string[];
}
