/** Loaded first by every command: where there is no Linux kernel, it says so in one line and stops. */
if (process.platform !== 'linux') {
  const line = 'Containers are made by the Linux kernel. Here, use the VM: see "On a Mac" in README.md.';
  // The answer of `npm run workshop:check` has a form of its own.
  if (process.argv[2] === 'workshop:check') console.log(`NOT READY: ${line}`);
  else console.error(line);
  process.exit(1);
}
