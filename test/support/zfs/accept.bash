#!/bin/bash
# accept.bash FILE: runs the command lines of a file, one in each line, and says which of them ZFS did not take. Disks are files here:
# what is asked is whether the words are right. What a line presupposes and no line before it made is made first.
set -u

# forget_all: no pool, no disk.
forget_all() {
	local pool
	/usr/sbin/zpool list -H -o name >/run/pools
	while read -r pool; do /usr/sbin/zpool destroy -f "${pool}"; done </run/pools
	rm -rf /dev/disk/by-id /disks
	mkdir -p /dev/disk/by-id /disks
}

# need_disks WORD...: every word that is a path of a disk exists.
need_disks() {
	local word
	for word in "$@"; do
		[[ ${word} != /dev/disk/by-id/* || -e ${word} ]] || truncate -s 64G "${word}"
	done
}

# need_thing TARGET: the pool or dataset that a line is about, without what stands after `@` or `#`.
need_thing() {
	local name=${1%%[@#]*}
	local pool=${name%%/*}
	if ! /usr/sbin/zpool list "${pool}" &>/dev/null; then
		truncate -s 64G "/disks/${pool}"
		/usr/sbin/zpool create "${pool}" "/disks/${pool}"
	fi
	[[ ${name} == "${pool}" ]] || /usr/sbin/zfs list "${name}" &>/dev/null || /usr/sbin/zfs create -p "${name}"
}

# without TEXT PART: prints the words without those that a later line adds.
without() { printf '%s\n' "${1/ "$2"/}"; }

# remake WORD...: makes the pool of a line that changes one anew, from the line that made it, as it was before the change.
remake() {
	local before=${MADE[$3]-} part="${*:4}"
	if [[ -z ${before} ]]; then
		need_thing "$3"
		return
	fi
	if [[ $2 == add ]]; then
		before=$(without "${before}" "${part}")
	else
		need_disks "$4"
		before=${before/"$5"/"$4"}
	fi
	/usr/sbin/zpool destroy -f "$3"
	eval "${before}"
}

# prepare WORD...: what has to be there before a line.
prepare() {
	local target=${*: -1}
	need_disks "$@"
	case "$1 $2" in
	'zpool create') ;;
	'zpool add' | 'zpool replace') remake "$@" ;;
	'zpool '*) need_thing "${target}" ;;
	'zfs create') [[ ${target%/*} == "${target}" ]] || need_thing "${target%/*}" ;;
	*) need_thing "${target}" ;;
	esac
}

# remember WORD...: the line that made a pool, by the pool's name, which follows options that all have values.
remember() {
	local line="$*"
	[[ "$1 $2" == 'zpool create' ]] || return 0
	shift 2
	while [[ $1 == -* ]]; do shift 2; done
	MADE[$1]=${line}
}

forget_all
declare -A MADE=()
failures=0
words=()
while IFS= read -r line; do
	# The lines are those of plans: words in quotes.
	eval "words=(${line})"
	prepare "${words[@]}" || printf 'cannot be prepared: %s\n' "${line}"
	if ! printf 'passphrase\npassphrase\n' | "${words[@]}" >/run/said 2>&1; then
		printf '%s\n    %s\n' "${line}" "$(</run/said)"
		failures=$((failures + 1))
	else
		remember "${words[@]}"
	fi
done <"$1"
exit "$((failures > 0))"
