# $1 is a process, $2 a scope, and the rest is what busctl(1) is to ask systemd.
# The answer comes when a job has begun: the scope is there when the process is in it.
pid=$1 scope=$2
shift 2
busctl "$@" || exit
tries=0
until grep -q "/$scope\$" "/proc/$pid/cgroup"; do
	tries=$((tries + 1))
	[ $tries -le 600 ] || exit 1
	sleep 0.05
done
