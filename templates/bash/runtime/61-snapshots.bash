# --- Snapshots of a guest --------------------------------------------------------------------------

declare -A OWN_SNAPSHOTS=() # of the guest that was read, those of series that a plan took -> how it was

# snapshot qm|pct snapshot ID NAME: takes a snapshot when none of the name exists; one that exists is never retaken.
snapshot() {
	active || return 0
	read_conf "${GUEST_KEY%%.*}" "$3"
	[[ -z ${SNAPSHOTS["$4"]+set} ]] || return 0
	there && unlocked || return 0
	checking || under_record "$@"
	change '+' "snapshot $4"
}

# under_record qm|pct snapshot|delsnapshot ID NAME [OPTION...]: runs it under a record, by which the next run knows what is left of it if
# it is cut off.
under_record() {
	write_intent "$3.snapshot.$4" "$1" "$3" ''
	run "$@"
	rm -f -- "${STATE}/intent/$3.snapshot.$4"
}

# keep_snapshots N qm|pct snapshot ID NAME: takes the next snapshot of a series (NAME-1, NAME-2, ...) when the guest is not as it
# was at the last one, and deletes the oldest beyond N. What is ours, and how the guest was, stands in the description; a
# snapshot of somebody else's is left alone whatever it is called.
keep_snapshots() {
	active || return 0
	local kind=${GUEST_KEY%%.*} tool=$2 id=$4 name state
	local -i keep=$1 last number
	local -a series=()
	read_marks "${kind}" "${id}"
	own_snapshots "$5"
	last=${REPLY}
	guest_state
	state=${REPLY}
	if ((${#series[@]} == 0)) || [[ ${OWN_SNAPSHOTS["${series[-1]}"]} != "${state}" ]] || will_differ; then
		unlocked || return 0
		series[last + 1]="$5-$((last + 1))"
		name=${series[-1]}
		checking || under_record "${tool}" snapshot "${id}" "${name}" --description "phxc ${state}"
		change '+' "snapshot ${name}"
	fi
	for number in "${!series[@]}"; do
		((${#series[@]} > keep)) || break
		unlocked || return 0
		checking || under_record "${tool}" delsnapshot "${id}" "${series[number]}"
		change '-' "delete snapshot ${series[number]}: ${keep} are kept"
		unset 'series[number]'
	done
}

# own_snapshots NAME: fills `series` with those of the series that a plan took, by their numbers, and sets REPLY to the highest
# number that any snapshot has.
own_snapshots() {
	local name
	local -i number highest=0
	for name in "${!SNAPSHOTS[@]}"; do
		[[ ${name} == "$1-"* && ${name#"$1-"} =~ ^[1-9][0-9]{0,8}$ ]] || continue
		number=${name#"$1-"}
		((number <= highest)) || highest=number
		[[ -z ${OWN_SNAPSHOTS[${name}]-} ]] || series[number]=${name}
	done
	REPLY=${highest}
}

# guest_state: sets REPLY to a digest of what the guest that was read is: its options, and what was installed in it. What a
# snapshot or a rollback itself changes does not count.
guest_state() {
	local key
	REPLY=$({
		for key in "${!LIVE[@]}"; do
			case ${key} in
			lock | parent | vmgenid | digest | unused*) ;;
			*) printf '%s: %s\n' "${key}" "${LIVE[${key}]}" ;;
			esac
		done
		for key in "${!MARKS[@]}"; do printf 'mark %s %s\n' "${key}" "${MARKS[${key}]}"; done
		((${#RAW[@]} == 0)) || printf '%s\n' "${RAW[@]}"
	} | sort | sha256sum || true)
	REPLY=${REPLY:0:16}
}

# will_differ: whether this check has announced a change after which the guest is not as it was.
will_differ() {
	checking && [[ ${CHANGED[${GUEST_KEY}]-} =~ \ (create|options|raw|volumes|disk\.|feature\.|script\.) ]]
}

# drop_snapshot qm|pct delsnapshot ID NAME: deletes a snapshot, or with `NAME-*` those of a series that a plan took, with
# --allow-destroy only.
drop_snapshot() {
	active || return 0
	local name
	local -a series=()
	read_conf "${GUEST_KEY%%.*}" "$3"
	if [[ $4 == *-\* ]]; then
		own_snapshots "${4%-\*}"
	elif [[ -n ${SNAPSHOTS["$4"]+set} ]]; then
		series=("$4")
	fi
	for name in "${series[@]}"; do
		if ((ALLOW_DESTROY == 0)); then
			note "snapshot ${name} is no longer declared; to delete, needs --allow-destroy"
			continue
		fi
		unlocked || return 0
		checking || under_record "$1" "$2" "$3" "${name}"
		change '-' "delete snapshot ${name}"
	done
}

# roll_back [--needed-by GUEST]... qm|pct rollback ID NAME: puts the guest back to a snapshot, with --allow-destroy only, because what
# came after is gone. One that runs is stopped before, to be started again, unless one of those that need it runs.
roll_back() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.}
	local -a needed=()
	while [[ $1 == --* ]]; do needed+=("$2") && shift 2; done
	read_conf "${kind}" "${id}"
	there || return 0
	if [[ -z ${SNAPSHOTS["$4"]+set} ]]; then
		hold "it has no snapshot $4"
	elif ((ALLOW_DESTROY == 0)); then
		hold "to roll it back to $4, which takes away what came after, needs --allow-destroy"
	elif on_zfs && [[ ${CURRENT[parent]-} != "$4" ]]; then
		hold "on ZFS Proxmox rolls back to the newest snapshot only, which is ${CURRENT[parent]-(unknown)}"
	elif unneeded "${needed[@]}" && unlocked; then
		checking || roll_back_now "$@"
		change '~' "roll back to $4"
		! is_running "${kind}" "${id}" || STOPPED[${GUEST_KEY}]=1
	fi
}

# roll_back_now qm|pct rollback ID NAME: does it, for `roll_back`, whose variables it sees. What the host remembers of the work in the guest
# is not what is in it then.
roll_back_now() {
	if is_running "${kind}" "${id}"; then
		write_file "${STATE}/first-start/${id}" </dev/null
		run "$1" shutdown "${id}" --forceStop 1
		read_sockets
	fi
	write_intent "${id}.rollback.$4" "$1" "${id}" ''
	rm -f -- "${STATE}/guest/${id}"
	run "$@"
	rm -f -- "${STATE}/intent/${id}.rollback.$4"
}

# on_zfs: whether the guest that was read has a volume on ZFS.
on_zfs() {
	local value
	for value in "${CURRENT[@]}"; do
		[[ ${value} != *:* || ${STORAGE_TYPE["${value%%:*}"]-} != zfspool ]] || return 0
	done
	return 1
}

# settle_rollback TOOL KIND ID NAME: a rollback of ours that was cut off is done again: what it has begun is no state of the guest.
settle_rollback() {
	read_conf "$2" "$3"
	[[ ${CURRENT[lock]-} == rollback ]] || return 0
	say "  the rollback of $2 $3 to $4 was interrupted: it is done again"
	run "$1" unlock "$3"
	run "$1" rollback "$3" "$4"
}
