#!/bin/bash
# Runs a command beside a libvirtd of its own, in namespaces of its own:
#
#   beside-libvirtd.sh FOLDER COMMAND…
#
# Its bridge, firewall rules, machines and files are not this host's, and all of
# it ends with the command. FOLDER takes what libvirtd writes. The network is
# slirp4netns: what goes out looks like an ordinary program's traffic.
set -euo pipefail
if [ $$ != 1 ]; then
	exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi
folder=$1
shift

mkdir -p "$folder"/libvirt/{etc,lib/images,lib/qemu,lib/dnsmasq,lib/network,cache,log}
cp -r /etc/libvirt/. "$folder/libvirt/etc"
cat >>"$folder/libvirt/etc/qemu.conf" <<-'END'
	user = "root"
	group = "root"
	security_driver = "none"
	cgroup_controllers = []
	namespaces = []
	remember_owner = 0
	stdio_handler = "file"
END
mount --bind "$folder/libvirt/etc" /etc/libvirt
for kind in lib cache log; do mount --bind "$folder/libvirt/$kind" "/var/$kind/libvirt"; done
mount -t tmpfs tmpfs /run
echo 'nameserver 10.0.2.3' >/run/resolv.conf
mount --bind /run/resolv.conf "$(realpath /etc/resolv.conf)"

# slirp4netns stays in the host's network, and lays the cable into the new one.
unshare --net sh -c 'ip link set lo up && echo ready && exec sleep infinity' >"$folder/network" &
network=$!
until grep -qs ready "$folder/network"; do sleep 0.1; done
slirp4netns --configure --ready-fd=3 "$network" tap0 3>"$folder/cable" >"$folder/slirp4netns.log" 2>&1 &
until [ -s "$folder/cable" ]; do sleep 0.1; done

inside=(nsenter "--net=/proc/$network/ns/net")
"${inside[@]}" libvirtd --daemon
until virsh --quiet --connect qemu:///system version >"$folder/libvirtd" 2>&1; do sleep 0.2; done
"${inside[@]}" "$@"
