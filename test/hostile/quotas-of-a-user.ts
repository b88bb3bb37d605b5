/** Takes all of what the kernel counts for each user: here, instances of inotify. */

export async function run(): Promise<{ status: number }> {
  const koffi = require('koffi');
  const watch = koffi.load('libc.so.6').func('int inotify_init1(int)');
  let count = 0;
  while (count < 1000 && watch(0) >= 0) count += 1;
  console.log(`seen: ${count} instances`);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  return { status: 0 };
}
