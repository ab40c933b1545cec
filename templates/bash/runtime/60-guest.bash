# --- Disks, templates, run state and raw lines of a guest -----------------------------------------

# disk_size SLOT: sets REPLY to the size that the configuration records, as it stands there; nothing when it records none.
disk_size() {
	local value=",${LIVE[$1]-},"
	REPLY=''
	[[ ${value} == *,size=* ]] || return 0
	value=${value#*,size=}
	REPLY=${value%%,*}
}

# grow DISK COMMAND... ID SLOT SIZE: makes a disk larger; never smaller. The exit code of `qm disk resize` is no
# proof, so the size is read back. DISK is a slot, or the path inside of a container's mount.
grow() {
	active || return 0
	local disk=$1 slot=$1 kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} live
	local -i wanted
	shift
	local -a command=("$@")
	bytes "${command[-1]}"
	wanted=${REPLY}
	read_conf "${kind}" "${id}"
	((EXISTS == 1)) || return 0
	index_slots
	[[ ${disk} != /* ]] || slot=${SLOT["mp ${disk}"]-}
	if [[ -z ${LIVE[${slot:-none}]+set} ]]; then
		checking || note "it has no disk ${disk} that could grow"
		return 0
	fi
	disk_size "${slot}"
	live=${REPLY}
	bytes "${live}"
	if [[ -z ${REPLY} ]]; then
		note "${slot} has no recorded size; it is left as it is"
	elif ((REPLY > wanted)); then
		note "${slot} has ${live}, which is more than declared (${command[-1]}); disks are never made smaller"
	elif ((REPLY < wanted)); then
		checking || grow_now "${command[@]}" || return 0
		change '~' "${slot} size ${live} -> ${command[-1]}"
	fi
}

# grow_now COMMAND... ID SLOT SIZE: does it, for `grow`, whose variables it sees; fails when it is not done.
grow_now() {
	local -a call=()
	local code try
	for try in 1 2; do
		unlocked || return 1
		conf_digest
		call=("${@:1:$#-2}" "${slot}" "${!#}" --digest "${REPLY}")
		code=0
		attempt "${call[@]}" || code=$?
		# Its file changed between the two: it is read again, once.
		grep -q 'checksum mismatch' "${WORK}/output" || break
		read_conf "${kind}" "${id}"
	done
	if ((code != 0)) && grep -q 'already at specified size' "${WORK}/output"; then
		note "${slot} is as large as declared, but its recorded size is ${live}"
		return 1
	fi
	((code == 0)) || failed "${code}" "${call[@]}"
	read_conf "${kind}" "${id}"
	disk_size "${slot}"
	bytes "${REPLY}"
	((${REPLY:-0} >= wanted)) || failed 0 "${call[@]}"
}

# make_template qm|pct template ID: turns a stopped guest into a template.
make_template() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=$3
	read_conf "${kind}" "${id}"
	[[ ${CURRENT[template]-} != 1 ]] || return 0
	if is_running "${kind}" "${id}"; then
		hold 'it runs; a template is made from a stopped guest'
		return 0
	fi
	if ! checking; then
		unlocked || return 0
		run "$@"
		read_conf "${kind}" "${id}"
		[[ ${CURRENT[template]-} == 1 ]] || failed 0 "$@"
	fi
	change '+' 'template'
}

# start [--first] COMMAND...: starts the guest unless it runs; with --first only when this plan made it and it has not
# run since.
start() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} mark="${STATE}/first-start/${GUEST_KEY#*.}"
	if [[ $1 == --first ]]; then
		[[ -n ${CREATED[${GUEST_KEY}]-} || -e ${mark} ]] || return 0
		shift
	fi
	if ! is_running "${kind}" "${id}"; then
		read_conf "${kind}" "${id}"
		there && unlocked || return 0
		# The task that locked it may have started it.
		read_sockets
		if is_running "${kind}" "${id}"; then return 0; fi
		checking || start_now "$@"
		change '+' 'start'
	fi
	checking || rm -f -- "${mark}"
}

# start_now COMMAND...: does it, for `start`, whose variables it sees. A start that outlived a killed run may come first:
# it does not hold the lock.
start_now() {
	local code=0
	attempt "$@" 9>&- || code=$?
	read_sockets
	if ((code != 0)) && ! is_running "${kind}" "${id}"; then failed "${code}" "$@"; fi
}

# run_detached COMMAND...: like run, for commands that start guests. The lock's descriptor is closed: kvm would inherit
# it and hold the lock for ever.
run_detached() {
	run "$@" 9>&-
	read_sockets
}

# stop [--again] [--needed-by GUEST]... COMMAND...: stops the guest when it runs, and none of those that need it does. With
# --again it is to be started again: that is written down, so that it is not forgotten.
stop() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} again=0 mark="${STATE}/first-start/${GUEST_KEY#*.}"
	local -a needed=()
	while [[ $1 == --* ]]; do
		case $1 in
		--again) again=1 && shift ;;
		*) needed+=("$2") && shift 2 ;;
		esac
	done
	if is_running "${kind}" "${id}"; then
		read_conf "${kind}" "${id}"
		unneeded "${needed[@]}" && unlocked || return 0
		STOPPED[${GUEST_KEY}]=1
		if ! checking; then
			((again == 0)) || write_file "${mark}" </dev/null
			run "$@"
			read_sockets
		fi
		change '~' 'stop'
	fi
	((again == 1)) || checking || rm -f -- "${mark}"
}

# restart_pending COMMAND...: restarts a running guest when options wait for it.
restart_pending() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} reason=${RESTART[${GUEST_KEY}]:-${LATER[${GUEST_KEY}]-}}
	[[ -n ${reason} ]] || return 0
	read_conf "${kind}" "${id}"
	unlocked || return 0
	change '~' "restart, for ${reason#*: a restart is needed for }"
	checking && return 0
	run_detached "$@"
	read_conf "${kind}" "${id}"
	report_pending "${kind}" "${id}"
}

# raw_lines ID [--drop PREFIX]... [--retired LINE]... [LINE...]: the raw lxc lines of the keys that LINE names are exactly these, in this
# order, and no line begins with PREFIX. Proxmox has no command for them: its file is edited as it edits it itself,
# under its lock for this guest, and only the part before the first snapshot.
raw_lines() {
	active || return 0
	local id=$1 text
	local -a drops=() wanted=() retired=()
	shift
	while (($# > 0)); do
		case $1 in
		--drop) drops+=("$2") && shift 2 ;;
		--retired) retired+=("$2") && shift 2 ;;
		*) wanted+=("$1") && shift ;;
		esac
	done
	read_conf ct "${id}"
	((EXISTS == 1)) || return 0
	raw_differences
	((${#TEXTS[@]} > 0)) || return 0
	if ! checking; then
		unlocked || return 0
		mkdir -p "${ROOT}/run/lock/lxc"
		run edit_raw_lines "${id}"
	fi
	for text in "${TEXTS[@]}"; do change '~' "${text}"; done
	if is_running ct "${id}"; then RESTART[${GUEST_KEY}]="${GUEST}: a restart is needed for its raw lxc lines"; fi
}

# edit_raw_lines ID: replaces the managed lines in FILE under Proxmox's lock of the container.
edit_raw_lines() {
	(
		if ! flock -w 10 8; then
			say 'the lock is held by somebody else'
			exit 1
		fi
		read_conf ct "$1"
		raw_write
	) 8>>"${ROOT}/run/lock/lxc/pve-config-$1.lock"
}

# raw_managed LINE: whether a live line is one that the step manages.
raw_managed() {
	local entry
	for entry in "${wanted[@]}"; do [[ ${1%%:*} != "${entry%%:*}" ]] || return 0; done
	for entry in "${drops[@]}"; do [[ $1 != "${entry}"* ]] || return 0; done
	for entry in "${retired[@]}"; do [[ $1 != "${entry}" ]] || return 0; done
	return 1
}

# raw_differences: fills TEXTS with the lines to remove and to add.
raw_differences() {
	local line live='' declared=''
	for line in "${RAW[@]}"; do
		if raw_managed "${line}"; then live+="${line}"$'\n'; fi
	done
	for line in "${wanted[@]}"; do declared+="${line}"$'\n'; done
	line_changes "${live}" "${declared}"
}

# line_changes LIVE WANTED: fills TEXTS with the lines that go and that come between two texts.
line_changes() {
	local line
	local -a lines=()
	TEXTS=()
	[[ $1 != "$2" ]] || return 0
	mapfile -t lines <<<"$1"
	for line in "${lines[@]}"; do
		[[ -z ${line} || $'\n'$2$'\n' == *$'\n'"${line}"$'\n'* ]] || TEXTS+=("line removed: ${line}")
	done
	mapfile -t lines <<<"$2"
	for line in "${lines[@]}"; do
		[[ -z ${line} || $'\n'$1$'\n' == *$'\n'"${line}"$'\n'* ]] || TEXTS+=("line added: ${line}")
	done
	((${#TEXTS[@]} > 0)) || TEXTS=('lines put in order')
}

# raw_write: rewrites FILE with the managed lines replaced.
raw_write() {
	local -a lines=() rewritten=()
	local line placed=0
	mapfile -t lines <"${FILE}" && ((${#lines[@]} > 0)) || return 1
	for line in "${lines[@]}"; do
		if ((placed == 0)) && [[ ${line} == '['*']' ]]; then
			if ((${#rewritten[@]} > 0)) && [[ -z ${rewritten[-1]} ]]; then unset 'rewritten[-1]'; fi
			rewritten+=("${wanted[@]}" '')
			placed=1
		fi
		if ((placed == 0)) && raw_line "${line}" && raw_managed "${REPLY}"; then continue; fi
		rewritten+=("${line}")
	done
	((placed == 1)) || rewritten+=("${wanted[@]}")
	printf '%s\n' "${rewritten[@]}" | write_file "${FILE}"
}
