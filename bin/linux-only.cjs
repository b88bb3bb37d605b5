/** Loaded first by every command: where there is no Linux kernel, it says so in one line and stops. */
if (process.platform !== 'linux') {
  const message = 'Containers are made by the Linux kernel. Here, use the VM: see "On a Mac" in README.md.';
  // `npm run workshop:check` is read from afar: its answer has one form, and one place.
  if (process.argv[2] === 'seat') console.log(`NOT READY: ${message}`);
  else console.error(message);
  process.exit(1);
}
