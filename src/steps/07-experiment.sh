# The classic experiment of step 7: busy loops, more of them than CPUs, and a
# look at which CPUs they load. Then the shell, whose path is $1.
busy() {
	while read -r name user nice system _; do
		case $name in
		cpu[0-9]*) echo "$name $((user + nice + system))" ;;
		esac
	done </proc/stat
}

echo "Four busy loops for two seconds. Allowed here: CPUs $(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)."
before=$(busy)
loops=
for _ in 1 2 3 4; do
	(while :; do :; done) &
	loops="$loops $!"
done
sleep 2
after=$(busy)
kill $loops
wait

# /proc/stat counts hundredths of a second: 200 of them are 100 % of two seconds.
# A few more pass while it is read.
echo "$before" | while read -r name was; do
	is=$(echo "$after" | sed -n "s/^$name //p")
	share=$(((is - was) / 2))
	echo "$name $((share > 100 ? 100 : share)) % busy"
done
exec "$1"
