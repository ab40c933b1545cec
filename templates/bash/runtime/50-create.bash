# --- Creating guests, and going on after an interruption ------------------------------------------

# write_intent NAME TOOL ID SOURCE STORAGE...: records what is about to be made, and the volumes that are there before.
write_intent() {
	local name=$1 tool=$2 id=$3 source=$4 entry
	local -a options=()
	shift 4
	# The record of a creation has the name of the id, which is free.
	[[ ${name} != "${id}" ]] || options=(--once)
	volumes_of "${options[@]}" "${id}" "$@" || refuse "the volumes on $* cannot be listed"
	{
		printf 'tool %s\n' "${tool}"
		[[ -z ${source} ]] || printf 'source %s\n' "${source}"
		for entry in "$@"; do printf 'storage %s\n' "${entry}"; done
		for entry in "${VOLUMES[@]}"; do printf 'before %s\n' "${entry}"; done
	} | write_file "${STATE}/intent/${name}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
}

INTENT_TOOL='' INTENT_SOURCE='' INTENT_STORAGES=() INTENT_BEFORE=' '
# read_intent NAME: reads such a record; fails when there is none.
read_intent() {
	[[ -e ${STATE}/intent/$1 ]] || return 1
	local key value
	INTENT_TOOL='' INTENT_SOURCE='' INTENT_STORAGES=() INTENT_BEFORE=' '
	while read -r key value; do
		case ${key} in
		tool) INTENT_TOOL=${value} ;;
		source) INTENT_SOURCE=${value} ;;
		storage) INTENT_STORAGES+=("${value}") ;;
		before) INTENT_BEFORE+="${value} " ;;
		*) ;;
		esac
	done <"${STATE}/intent/$1"
}

# free_new_volumes KIND ID: frees the volumes that came since the record and that the guest's file does not name.
free_new_volumes() {
	local volume used=''
	read_conf "$1" "$2"
	((EXISTS == 0)) || used=$(<"${FILE}")
	volumes_of "$2" "${INTENT_STORAGES[@]}" || refuse "the volumes on ${INTENT_STORAGES[*]} cannot be listed"
	for volume in "${VOLUMES[@]}"; do
		[[ ${INTENT_BEFORE} != *" ${volume} "* ]] || continue
		# A linked clone names its base between the storage and the volume; another storage has volumes of the same name.
		[[ ! ${used} =~ [[:space:]]"${volume%%:*}:"([^,[:space:]]*/)?"${volume##*[:/]}"([,[:space:]]|$) ]] || continue
		say "  removing ${volume}, left over from an interrupted run"
		run pvesm free "${volume}"
	done
}

# settle_interrupted: what an earlier run of ours left half made is put in order before anything else is done. No process
# of that run lives: this one holds the lock that they inherit.
settle_interrupted() {
	local path id kind verb name
	checking && return 0
	for path in "${STATE}/intent/"*; do
		[[ ${path##*/} =~ ^([0-9]+)(\.alloc|\.(snapshot|rollback)\.(.+))?$ ]] || continue
		id=${BASH_REMATCH[1]}
		verb=${BASH_REMATCH[3]}
		name=${BASH_REMATCH[4]}
		read_intent "${path##*/}"
		kind=ct
		[[ ${INTENT_TOOL} == pct ]] || kind=vm
		GUEST="${kind} ${id}"
		STEP="${kind}.${id}"
		if [[ -n ${name} ]]; then
			"settle_${verb}" "${INTENT_TOOL}" "${kind}" "${id}" "${name}"
		elif [[ ${path} == *.alloc ]]; then
			free_new_volumes "${kind}" "${id}"
		else
			settle_creation "${INTENT_TOOL}" "${kind}" "${id}"
		fi
		rm -f -- "${path}"
	done
	no_guest
}

# release_source: unlocks the source that a killed clone left locked.
release_source() {
	[[ -n ${INTENT_SOURCE} ]] || return 0
	local kind=${INTENT_SOURCE% *} id=${INTENT_SOURCE#* } tool=qm
	[[ ${kind} == vm ]] || tool=pct
	read_conf "${kind}" "${id}"
	case ${CURRENT[lock]-} in
	disk | clone) run "${tool}" unlock "${id}" ;;
	*) ;;
	esac
}

# half_made: whether the guest that was read is locked by its own creation.
half_made() {
	case ${CURRENT[lock]-} in
	create | clone) return 0 ;;
	*) return 1 ;;
	esac
}

# settle_creation TOOL KIND ID: there is a record of ours for this id. What is half made is removed; what is complete is
# kept.
settle_creation() {
	read_conf "$2" "$3"
	if ((EXISTS == 0)) || half_made; then
		say "  $2 $3 was left half made by an interrupted run: what there is of it is removed"
		if ((EXISTS == 1)); then
			run "$1" unlock "$3"
			run "$1" destroy "$3"
		fi
		free_new_volumes "$2" "$3"
	elif [[ -n ${INTENT_SOURCE} ]]; then
		drop_copied_firewall "${INTENT_SOURCE#* }" "$3"
	fi
	release_source
}

# settle_snapshot TOOL KIND ID NAME: a snapshot of ours that was being taken, or deleted, is removed.
settle_snapshot() {
	read_conf "$2" "$3"
	[[ ${CURRENT[lock]-} == snapshot?(-delete) && -n ${SNAPSHOTS["$4"]-} ]] || return 0
	say "  the snapshot $4 of $2 $3 was interrupted: what there is of it is removed"
	run "$1" unlock "$3"
	run "$1" delsnapshot "$3" "$4" --force 1
}

# create [--storage S]... [--from KIND ID] [--first-start] COMMAND...: makes the guest when it is not there. A record is
# written before and removed once the configuration is complete; without one, a half-made guest is somebody else's.
create() {
	active || return 0
	local first=0 source='' kind=ct id
	local -a storages=()
	while [[ $1 == --* ]]; do
		case $1 in
		--storage) storages+=("$2") && shift 2 ;;
		--from) source="$2 $3" && shift 3 ;;
		*) first=1 && shift ;;
		esac
	done
	[[ $1 == pct ]] || kind=vm
	id=${GUEST_KEY#*.}
	read_conf "${kind}" "${id}"
	if ((EXISTS == 1)); then
		if ! half_made; then
			came_from "${source}"
			return 0
		fi
		if ! read_intent "${id}"; then
			hold "it is locked (${CURRENT[lock]}) by a creation that is not ours"
			return 0
		fi
	fi
	if [[ -n ${source} ]]; then
		read_conf "${source% *}" "${source#* }"
		if ! lock_ends "${source% *}" "${source#* }"; then
			hold "its source ${source} is locked (${CURRENT[lock]}) by another task; run again when that has ended"
			return 0
		fi
	fi
	CREATED[${GUEST_KEY}]=1
	checking || create_now "$@"
	change '+' "create (${*:1:2}${source:+ from ${source}})"
}

# create_now COMMAND...: does it, for `create`, whose variables it sees.
create_now() {
	write_intent "${id}" "$1" "${id}" "${source}" "${storages[@]}"
	((first == 0)) || record "${STATE}/first-start/${id}"
	rm -f -- "${STATE}/guest/${id}" "${STATE}/woken/${id}" "${STATE}/origin/${id}"
	run "$@"
	read_conf "${kind}" "${id}"
	if ((EXISTS == 0)) || [[ -n ${CURRENT[lock]-} ]]; then
		refuse "the command ended without an error, but the guest is not complete"
	fi
	[[ -z ${source} ]] || drop_copied_firewall "${source#* }" "${id}"
	copy_marks "${kind}" "${id}" "${source}" "$@"
	write_origin "${source/ /.}"
	rm -f -- "${STATE}/intent/${id}"
}

# drop_copied_firewall SOURCE ID: Proxmox copies the source's firewall file to every clone; rules of another guest.
drop_copied_firewall() {
	local from="${PVE}/firewall/$1.fw" to="${PVE}/firewall/$2.fw"
	[[ -e ${from} && -e ${to} ]] || return 0
	[[ $(<"${from}") != "$(<"${to}")" ]] || rm -f -- "${to}"
}
