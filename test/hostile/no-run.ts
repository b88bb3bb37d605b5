/** Exports nothing. */
export const score = 10;
