/** Makes links, bridges and named network namespaces, and looks for a way out. */
import { spawnSync } from 'node:child_process';

export async function run(): Promise<{ status: number }> {
  spawnSync('sh', ['-c', SCRIPT], { stdio: 'inherit' });
  return { status: 0 };
}

const SCRIPT = `mount -t tmpfs none /run; ip netns add left; ip link add v0 type veth peer name v1 netns left; ip link add br0 type bridge; ip link set v0 master br0; ip link set v1 netns 1; ip link add x type vlan; sysctl -w net.ipv4.ip_forward=1; nft add table inet owned; iptables -F; ip route add default dev br0; timeout 2 ping -c 1 -W 1 8.8.8.8; timeout 2 sh -c 'echo > /dev/tcp/127.0.0.1/22'`;
