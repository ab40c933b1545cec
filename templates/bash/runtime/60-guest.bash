# --- Disks, snapshots, templates, run state and raw lines of a guest ------------------------------

# live_disk DISK: sets REPLY to the live slot of a disk, given as its slot or as the path of its mount.
live_disk() {
	REPLY=$1
	[[ $1 == /* ]] || return 0
	index_slots ct
	REPLY=${SLOT["mp $1"]-}
}

# disk_bytes SLOT: sets REPLY to the size that the configuration records, in bytes; nothing when it records none.
disk_bytes() {
	local size=",${LIVE[$1]-},"
	REPLY=''
	[[ ${size} == *,size=* ]] || return 0
	size=${size#*,size=}
	bytes "${size%%,*}"
}

# grow DISK BYTES COMMAND... ID SLOT SIZE: makes a disk larger; never smaller. The exit code of `qm disk resize` is no
# proof, so the size is read back.
grow() {
	active || return 0
	local disk=$1 wanted=$2 kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} slot digest
	shift 2
	local -a command=("$@")
	read_conf "${kind}" "${id}"
	((EXISTS == 1)) || return 0
	live_disk "${disk}"
	slot=${REPLY}
	[[ -n ${slot} && -n ${LIVE[${slot}]+set} ]] || return 0
	disk_bytes "${slot}"
	if [[ -z ${REPLY} ]]; then
		note "${slot} has no recorded size; it is left as it is"
	elif ((REPLY > wanted)); then
		note "${slot} is larger than declared; disks are never made smaller"
	elif ((REPLY < wanted)); then
		if checking; then
			change '~' "${slot} grows to ${command[-1]}"
			return 0
		fi
		unlocked || return 0
		conf_digest
		digest=${REPLY}
		command[-2]=${slot}
		run "${command[@]}" --digest "${digest}"
		read_conf "${kind}" "${id}"
		disk_bytes "${slot}"
		((${REPLY:-0} >= wanted)) || failed 0 "${command[@]}"
		change '~' "${slot} grown to ${command[-1]}"
	fi
}

# snapshot qm|pct snapshot ID NAME: takes a snapshot when none of the name exists; one that exists is never retaken.
snapshot() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=$3 name=$4
	read_conf "${kind}" "${id}"
	if [[ ${CURRENT[lock]-} == snapshot ]] && read_intent "${id}.snapshot" && ! checking; then
		say "  the snapshot ${name} of ${kind} ${id} was interrupted: it is taken again"
		run "$1" unlock "${id}"
		[[ -z ${SNAPSHOTS[${name}]+set} ]] || run "$1" delsnapshot "${id}" "${name}" --force 1
		read_conf "${kind}" "${id}"
	fi
	if [[ -n ${SNAPSHOTS[${name}]+set} ]]; then
		checking || rm -f -- "${STATE}/intent/${id}.snapshot"
		return 0
	fi
	if checking; then
		change '+' "snapshot ${name}"
		return 0
	fi
	unlocked || return 0
	write_intent "${id}.snapshot" "$1" "${id}" ''
	run "$@"
	rm -f -- "${STATE}/intent/${id}.snapshot"
	change '+' "snapshot ${name} taken"
}

# make_template qm|pct template ID: turns a stopped guest into a template.
make_template() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=$3
	read_conf "${kind}" "${id}"
	[[ ${CURRENT[template]-} != 1 ]] || return 0
	if checking; then
		change '+' 'becomes a template'
		return 0
	fi
	if is_running "${kind}" "${id}"; then
		hold 'it runs; a template is made from a stopped guest'
		return 0
	fi
	run "$@"
	read_conf "${kind}" "${id}"
	[[ ${CURRENT[template]-} == 1 ]] || failed 0 "$@"
	change '+' 'is now a template'
}

# start [--first] COMMAND...: starts the guest unless it runs; with --first only when this plan made it and it has not
# run since. The lock's descriptor is closed: kvm would inherit it and hold the lock for ever.
start() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} first=0
	if [[ $1 == --first ]]; then
		first=1
		shift
		if checking; then
			[[ -n ${CREATED[${GUEST_KEY}]-} || -e ${STATE}/first-start/${id} ]] || return 0
		else
			[[ -e ${STATE}/first-start/${id} ]] || return 0
		fi
	fi
	if is_running "${kind}" "${id}"; then
		rm -f -- "${STATE}/first-start/${id}"
		return 0
	fi
	if checking; then
		change '+' 'start'
		return 0
	fi
	run_detached "$@"
	((first == 0)) || rm -f -- "${STATE}/first-start/${id}"
	change '+' 'started'
}

# run_detached COMMAND...: like run, without the lock's descriptor.
run_detached() {
	run "$@" 9>&-
	read_sockets
}

# stop COMMAND...: stops the guest when it runs.
stop() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.}
	rm -f -- "${STATE}/first-start/${id}"
	is_running "${kind}" "${id}" || return 0
	if checking; then
		change '~' 'stop'
		return 0
	fi
	run "$@"
	read_sockets
	change '~' 'stopped'
}

# restart_pending COMMAND...: restarts a running guest when options wait for it.
restart_pending() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.}
	[[ -n ${RESTART[${GUEST_KEY}]-} ]] || return 0
	is_running "${kind}" "${id}" || return 0
	if checking; then
		change '~' 'restart'
		return 0
	fi
	run_detached "$@"
	unset "RESTART[${GUEST_KEY}]"
	change '~' 'restarted'
}

# raw_lines ID [--drop PREFIX]... [LINE...]: the raw lxc lines of the keys that LINE names are exactly these, in this
# order, and no line begins with PREFIX. Proxmox has no command for them: its file is edited as it edits it itself,
# under its lock for this guest, and only the part before the first snapshot.
raw_lines() {
	active || return 0
	local id=$1
	local -a drops=() wanted=()
	shift
	while (($# > 0)); do
		case $1 in
		--drop) drops+=("$2") && shift 2 ;;
		*) wanted+=("$1") && shift ;;
		esac
	done
	read_conf ct "${id}"
	((EXISTS == 1)) || return 0
	raw_differences
	((${#TEXTS[@]} > 0)) || return 0
	if checking; then
		announce '~'
		return 0
	fi
	mkdir -p "${ROOT}/run/lock/lxc"
	(
		flock -w 10 8 || exit 1
		read_conf ct "${id}"
		raw_differences
		raw_write
	) 8>>"${ROOT}/run/lock/lxc/pve-config-${id}.lock" || failed "$?" flock "/run/lock/lxc/pve-config-${id}.lock"
	announce '~'
	if is_running ct "${id}"; then RESTART[${GUEST_KEY}]='a restart is needed for its raw lxc lines'; fi
}

# raw_managed LINE: whether a live line is one that the step manages.
raw_managed() {
	local entry
	for entry in "${wanted[@]}"; do [[ ${1%%:*} != "${entry%%:*}" ]] || return 0; done
	for entry in "${drops[@]}"; do [[ $1 != "${entry}"* ]] || return 0; done
	return 1
}

# raw_differences: fills TEXTS with the lines to remove and to add.
raw_differences() {
	local line managed=$'\n' all=$'\n'
	TEXTS=()
	for line in "${wanted[@]}"; do all+="${line}"$'\n'; done
	for line in "${RAW[@]}"; do
		raw_managed "${line}" || continue
		managed+="${line}"$'\n'
		shown "${line}"
		[[ ${all} == *$'\n'"${line}"$'\n'* ]] || TEXTS+=("line removed: ${REPLY}")
	done
	for line in "${wanted[@]}"; do
		shown "${line}"
		[[ ${managed} == *$'\n'"${line}"$'\n'* ]] || TEXTS+=("line added: ${REPLY}")
	done
	if ((${#TEXTS[@]} == 0)) && [[ ${managed} != "${all}" ]]; then TEXTS+=('raw lines put in order'); fi
}

# raw_write: rewrites FILE with the managed lines replaced.
raw_write() {
	local -a lines=() out=()
	local line placed=0
	mapfile -t lines <"${FILE}"
	for line in "${lines[@]}"; do
		if ((placed == 0)) && [[ ${line} == '['*']' ]]; then
			[[ -n ${out[-1]-x} ]] || unset 'out[-1]'
			out+=("${wanted[@]}" '')
			placed=1
		fi
		if ((placed == 0)) && raw_managed "${line}"; then continue; fi
		out+=("${line}")
	done
	((placed == 1)) || out+=("${wanted[@]}")
	printf '%s\n' "${out[@]}" | write_file "${FILE}"
}
