/** What a step asks of the kernel. */
import { isolates, type Step } from '../lab/step.ts';
import { NAMESPACES, type Namespace } from '../proc/namespaces.ts';

export type Who = 'root' | 'rootless';

/** The namespaces of a step. Without root, a step that has any needs a user namespace, too. */
export function namespacesOf(step: Pick<Step, 'has'>, who: Who): Namespace[] {
  return NAMESPACES.filter(
    ({ kind }) => step.has.has(kind) || (kind === 'user' && who === 'rootless' && isolates(step)),
  );
}
