/** Throws what is no error. */

export async function run(): Promise<never> {
  throw '::error::\u0000passed';
}
