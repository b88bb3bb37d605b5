#!/bin/sh
# Process 1 of a host of its own. test/host.ts starts it in new namespaces: PID, mount, network, UTS, IPC.
#
#     host.sh FOLDERS KEPT MOUNTS COMMAND…
#
# FOLDERS are lines `OWN FOLDER`: OWN becomes FOLDER. KEPT are paths in such folders that stay in sight, MOUNTS are
# mounted below /sys and stay so; a line each. Without OWN_NETWORK the network is the machine's.
#
# Descriptor 3 leads to test/host.ts: it is told `ready PID` before the command and `ended` after it, and each time
# the script waits for an answer.
#
# A shell collects every process that ends while it waits for a command: process 1 must. The command runs in the
# foreground, since in the background a shell would have it ignore SIGINT.
set -e

# This /proc is still the machine's, and so is the number.
read -r pid _ </proc/self/stat
folders=$1 kept=$2 mounts=$3
shift 3
IFS='
'

# What is taken away goes from this mount namespace alone.
umount --lazy /proc
mount -t proc proc /proc

[ ! -d /dev/mqueue ] || mount -t mqueue mqueue /dev/mqueue
[ ! -d /dev/shm ] || mount -t tmpfs -o mode=1777 tmpfs /dev/shm

# A /run of its own, with all folders of the machine's.
mount --rbind /run /mnt
mount -t tmpfs -o mode=755 tmpfs /run
for path in /mnt/*; do
	name=${path#/mnt/}
	if [ -h "$path" ]; then
		cp -P "$path" "/run/$name"
	elif [ -d "$path" ]; then
		mkdir -p "/run/$name"
		mount --rbind "$path" "/run/$name"
	fi
done
umount --lazy /mnt

if [ "$OWN_NETWORK" ]; then
	# A sysfs shows the links of the network namespace in which it was mounted. The machine's lies on /mnt meanwhile.
	mount --rbind /sys /mnt
	umount --lazy /sys
	mount -t sysfs sysfs /sys
	for mount in $mounts; do mount --move "/mnt${mount#/sys}" "$mount"; done
	umount --lazy /mnt

	# A machine has a network, with a way out, where the kernel has veth.
	ip link set lo up
	ip -batch - <<-END || echo 'this host has no network' >&2
		link add eth0 type veth peer name wire
		link set wire up
		addr add 192.0.2.2/24 dev eth0
		link set eth0 up
		route add default via 192.0.2.1
	END
fi

for line in $folders; do
	own=${line% *} folder=${line#* }
	chmod 1777 "$own"
	for path in $kept; do
		[ "${path%/*}" = "$folder" ] || continue
		mkdir "$own/${path##*/}"
		mount --rbind "$path" "$own/${path##*/}"
	done
	mount --rbind "$own" "$folder"
done

echo "ready $pid" >&3
read -r _ <&3
status=0
"$@" 3>&- || status=$?
echo ended >&3
read -r _ <&3
exit "$status"
