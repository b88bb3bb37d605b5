/** Whether something that may fail succeeds. For what is tried again, or shows in what is left. */
export function succeeds(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
