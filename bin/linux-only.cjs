/** Loaded first by every command: where there is no Linux kernel, it says so in one line and stops. */
if (process.platform !== 'linux') {
  console.error('Containers are made by the Linux kernel. Here, use the VM: see "On a Mac" in README.md.');
  process.exit(1);
}
