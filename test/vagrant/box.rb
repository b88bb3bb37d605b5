# The box's own settings, which Vagrant takes together with those of the kit's
# Vagrantfile. With the kernel beside it, the disk needs no boot loader.
Vagrant.configure('2') do |config|
  config.vm.provider :libvirt do |machine|
    machine.driver = 'qemu'
    machine.cpu_mode = 'maximum'
    machine.kernel = File.expand_path('vmlinuz', __dir__)
    machine.initrd = File.expand_path('initrd', __dir__)
    machine.cmd_line = 'root=/dev/vda rw net.ifnames=0 console=ttyS0'
  end
end
