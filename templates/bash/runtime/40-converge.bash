# --- Options of a guest ---------------------------------------------------------------------------

SET=()              # --option value ... that must be set
DELETE=()           # options that must be deleted together with it
DELETE_FIRST=()     # devices that must be deleted in a call of their own
FED=()              # options that must be set from secrets, and where these are, in turns
TEXTS=()            # the same for the reader
ALLOCATES=()        # storages on which setting allocates a volume
WITHOUT=()          # keys of property strings that must not be set, as net0.rate
COMMAND=()          # the `set` that was run last
declare -A SLOT=()  # "mp /path" and "dev /path" -> the live slot that holds it
declare -A TAKEN=() # slots given to new mounts and devices in this comparison

# converge [--without OPTION.KEY]... [--exact FAMILY]... qm|pct set ID --OPTION VALUE...: compares every option with the
# live one and runs one `set` with just those that differ; nothing when none does.
converge() {
	active || return 0
	local exact=''
	WITHOUT=()
	while [[ $1 == --* ]]; do
		case $1 in
		--without) WITHOUT+=("$2") ;;
		*) exact+=" $2" ;;
		esac
		shift 2
	done
	local tool=$1 id=$3 kind=ct
	[[ ${tool} == pct ]] || kind=vm
	shift 3
	read_conf "${kind}" "${id}"
	if ((EXISTS == 0)); then
		checking || refuse "the guest does not exist"
		return 0
	fi
	report_fixed
	differences "${kind}" "${exact}" "$@"
	if ((${#TEXTS[@]} > 0)) && active; then
		if checking; then
			announce
		else
			unlocked || return 0
			set_differences "${tool}" "${kind}" "${id}" "${exact}" "$@"
			read_conf "${kind}" "${id}"
		fi
	fi
	report_pending "${kind}" "${id}"
}

PATIENCE=300 # seconds that this run still waits, in all, for guests that a task of Proxmox has locked

# lock_ends KIND ID: waits until no task (a backup, say) locks the guest that was read, as long as there is patience;
# fails when one still does. A check does not wait, nor does anything for the locks that no task will take away.
lock_ends() {
	case ${CURRENT[lock]-} in
	'') return 0 ;;
	create | mounted | suspended) return 1 ;;
	*) ! checking && ((PATIENCE > 0)) || return 1 ;;
	esac
	say "  $1 $2 is locked (${CURRENT[lock]}); waiting for that to end, ${PATIENCE} s at most"
	while [[ -n ${CURRENT[lock]-} ]] && ((PATIENCE > 0)); do
		sleep 1
		PATIENCE=$((PATIENCE - 1))
		READ=''
		read_conf "$1" "$2"
	done
	[[ -z ${CURRENT[lock]-} ]]
}

# unlocked: whether the guest that was read is not locked, or not for long; it is held back otherwise.
unlocked() {
	[[ -n ${CURRENT[lock]-} ]] || return 0
	if lock_ends "${GUEST_KEY%%.*}" "${GUEST_KEY#*.}"; then
		((EXISTS == 0)) || return 0
		hold 'it was destroyed while this run waited for its lock'
		return 1
	fi
	hold "it is locked (${CURRENT[lock]}) by another task; run again when that has ended"
	return 1
}

# report_pending KIND ID: notes what waits for a restart of the guest that was read.
report_pending() {
	local list
	unset 'RESTART[${GUEST_KEY}]'
	is_running "$1" "$2" || return 0
	printf -v list ', %s' "${PENDING[@]}"
	((${#PENDING[@]} == 0)) || RESTART[${GUEST_KEY}]="${GUEST}: a restart is needed for ${list#, }"
	checking || unset 'BEHIND[${GUEST_KEY}]'
	((CLOUD_INIT_BEHIND == 0)) || BEHIND[${GUEST_KEY}]="${GUEST}: its cloud-init drive is made anew at its next start"
}

# announce: tells the differences that were found, and before they are made which of them a running guest leaves for its
# next start. Of a guest that this run made, only which options were set.
announce() {
	local text options='' i runs=''
	[[ ${GUEST_KEY} != vm.* ]] || tell_instance
	if [[ -z ${CREATED[${GUEST_KEY}]-} ]]; then
		if checking && is_running "${GUEST_KEY%%.*}" "${GUEST_KEY#*.}"; then runs=1; fi
		for text in "${TEXTS[@]}"; do
			if [[ -n ${runs} ]] && waits "${GUEST_KEY%%.*}" "${text}"; then
				LATER[${GUEST_KEY}]+="${LATER[${GUEST_KEY}]:+, }${text%% *}"
				text+=' (it runs, and takes this over when it starts next)'
			fi
			change '~' "${text}"
		done
		return 0
	fi
	for ((i = 0; i < ${#SET[@]}; i += 2)); do options+=" ${SET[i]#--}"; done
	for ((i = 0; i < ${#FED[@]}; i += 2)); do options+=" ${FED[i]}"; done
	for text in "${DELETE_FIRST[@]}" "${DELETE[@]}"; do options+=" -${text}"; done
	change '+' "configure:${options}"
}

# set_differences TOOL KIND ID EXACT ARGUMENTS...: reads once more under a digest and writes what differs. When the file
# changes between the two, it is read and compared again, once.
set_differences() {
	local tool=$1 kind=$2 id=$3 exact=$4 try digest code
	shift 4
	for try in 1 2; do
		conf_digest
		digest=${REPLY}
		read_conf "${kind}" "${id}"
		differences "${kind}" "${exact}" "$@"
		((${#TEXTS[@]} > 0)) && active || return 0
		code=0
		write_differences "${tool}" "${id}" "${digest}" || code=$?
		((code != 0)) || break
		if ((try == 2)) || ! grep -q 'checksum mismatch' "${WORK}/output"; then
			! recorded "${kind}" "${id}" "${exact}" "$@" || break
			conf_digest
			[[ ${REPLY} == "${digest}" ]] || say "! ${GUEST}: what follows failed after it had changed the configuration" >&2
			failed "${code}" "${COMMAND[@]}"
		fi
	done
	announce
	rm -f -- "${STATE}/intent/${id}.alloc"
}

# recorded KIND ID EXACT ARGUMENTS...: whether a `set` that failed has written down all that it was to, to be done at the next
# restart: a running guest did not give up a device.
recorded() {
	local -a texts=("${TEXTS[@]}")
	READ=''
	read_conf "$1" "$2"
	((${#PENDING[@]} > 0)) || return 1
	differences "$1" "${@:3}"
	((${#TEXTS[@]} == 0)) && active || return 1
	TEXTS=("${texts[@]}")
	note 'the running guest refused a part of it, which waits for its restart'
}

# write_differences TOOL ID DIGEST: runs the `set` commands for DELETE_FIRST, for SET and DELETE, and for FED.
write_differences() {
	local digest=$3 list i
	if ((${#DELETE_FIRST[@]} > 0)); then
		printf -v list '%s,' "${DELETE_FIRST[@]}"
		COMMAND=("$1" set "$2" --delete "${list%,}" --digest "${digest}")
		attempt "${COMMAND[@]}" || return
		conf_digest
		digest=${REPLY}
	fi
	if ((${#SET[@]} + ${#DELETE[@]} > 0)); then
		write_options "$1" "$2" "${digest}" || return
		conf_digest
		digest=${REPLY}
	fi
	feed_options "$1" "$2" "${digest}"
}

# write_options TOOL ID DIGEST: runs the `set` command for SET and DELETE.
write_options() {
	local digest=$3 list i
	COMMAND=("$1" set "$2" "${SET[@]}")
	for ((i = 3; i < ${#COMMAND[@]}; i += 2)); do
		if [[ ${COMMAND[i]} == --sshkeys ]]; then
			printf '%s\n' "${COMMAND[i + 1]}" >"${WORK}/sshkeys"
			COMMAND[i + 1]="${WORK}/sshkeys"
		fi
	done
	if ((${#DELETE[@]} > 0)); then
		printf -v list '%s,' "${DELETE[@]}"
		COMMAND+=(--delete "${list%,}")
	fi
	((${#ALLOCATES[@]} == 0)) || write_intent "$2.alloc" "$1" "$2" '' "${ALLOCATES[@]}"
	COMMAND+=(--digest "${digest}")
	attempt "${COMMAND[@]}"
}

# differences KIND EXACT --OPTION VALUE...: fills SET, DELETE, DELETE_FIRST, FED, TEXTS and ALLOCATES, until the guest is held.
differences() {
	local kind=$1 option family
	local -a families=()
	local -a arguments=("${@:3}")
	read -r -a families <<<"$2"
	shift 2
	SET=() DELETE=() DELETE_FIRST=() FED=() TEXTS=() ALLOCATES=() TAKEN=()
	index_slots
	for family in "${families[@]}"; do exact_devices "${family}" "$@"; done
	while (($# > 0)) && active; do
		option=${1#--}
		case ${option} in
		delete) differ_deleted "$2" ;;
		description) differ_description "$2" ;;
		sshkeys) differ_sshkeys "$2" ;;
		*)
			format_of "${kind}" "${option}"
			if [[ -z ${REPLY} ]]; then
				differ_plain "${option}" "$2"
			else
				differ_props "${REPLY}" "${option}" "$2"
			fi
			;;
		esac
		shift 2
	done
	! active || differ_secrets
	! active || differ_retired "${kind}" "${arguments[@]}"
}

# index_slots: fills SLOT with the live mounts and devices of a container; of a machine it finds none.
index_slots() {
	local option
	SLOT=()
	[[ " ${!LIVE[*]}" == *' '@(mp|dev)[0-9]* ]] || return 0
	for option in "${!LIVE[@]}"; do
		case ${option} in
		mp[0-9]* | dev[0-9]*)
			place_of "${option}" "${LIVE[${option}]}"
			SLOT["${option%%[0-9]*} ${REPLY}"]=${option}
			;;
		*) ;;
		esac
	done
}

# exact_devices FAMILY --OPTION VALUE...: every live device that is not wanted is deleted first; Proxmox refuses any
# other `set` of a container while one of its devices is missing. A device of a container is known by its path, one of a
# machine by its place.
exact_devices() {
	local wanted=' ' slot i
	local -a options=("${@:2}")
	for ((i = 0; i < ${#options[@]}; i += 2)); do
		[[ ${options[i]} == "--$1"[0-9]* ]] || continue
		REPLY=${options[i]#--}
		[[ $1 != dev ]] || place_of "$1" "${options[i + 1]}"
		wanted+="${REPLY} "
	done
	for ((i = 0; i < 256; i++)); do
		slot="$1${i}"
		[[ -n ${LIVE[${slot}]+set} ]] || continue
		REPLY=${slot}
		[[ $1 != dev ]] || place_of "${slot}" "${LIVE[${slot}]}"
		if [[ ${wanted} == *" ${REPLY} "* && ${SLOT["$1 ${REPLY}"]-${slot}} == "${slot}" ]]; then continue; fi
		DELETE_FIRST+=("${slot}")
		TEXTS+=("${slot} ${LIVE[${slot}]} -> (removed)")
		unset 'LIVE[${slot}]' 'CURRENT[${slot}]'
	done
	index_slots
}

# differ OPTION VALUE LIVE-TEXT WANTED-TEXT: the option must be set.
differ() {
	SET+=("--$1" "$2")
	TEXTS+=("$1 ${3:-(unset)} -> $4")
}

# differ_plain OPTION VALUE: an option that is one value.
differ_plain() { [[ -n ${LIVE[$1]+set} && ${LIVE[$1]} == "$2" ]] || differ "$1" "$2" "${LIVE[$1]-}" "$2"; }

# differ_deleted OPTION,...: options that must not be set.
differ_deleted() {
	local option
	local -a names=()
	IFS=, read -r -a names <<<"$1"
	for option in "${names[@]}"; do
		REPLY=${LIVE[${option}]-}
		[[ ${option} != description ]] || decoded "${DESCRIPTION%$'\n'}"
		if [[ -n ${REPLY} || -n ${LIVE[${option}]+set} ]]; then
			[[ ${option} != cipassword ]] || REPLY='(hidden)'
			DELETE+=("${option}")
			TEXTS+=("${option} ${REPLY} -> (unset)")
		fi
	done
}

# differ_props FORMAT OPTION VALUE: compares a property string key by key; undeclared keys keep their live value.
differ_props() {
	local format=$1 declared=$2 value=$3 option key volume text
	local -a drifts=() sequence=()
	local -A want=() have=()
	[[ ${LIVE[${declared}]-} != "${value}" ]] || return 0
	parse_props "${format}" "${value}"
	sequence=("${KEYS[@]}")
	for key in "${sequence[@]}"; do want[${key}]=${PROPS[${key}]}; done
	live_slot "${format}" "${declared}" "${want[mp]-${want[path]-}}" || return 0
	option=${REPLY}
	volume=${want[file]-${want[volume]-}}
	[[ ${volume} =~ ^[^:/]+:(cloudinit|[0-9.]+)$ ]] || volume=''
	if [[ -z ${LIVE[${option}]+set} ]]; then
		differ_new "${option}" "${value}" "${volume}"
		return 0
	fi
	parse_props "${format}" "${LIVE[${option}]}"
	for key in "${!PROPS[@]}"; do have[${key}]=${PROPS[${key}]}; done
	for key in "${sequence[@]}"; do
		[[ ${have[${key}]-} != "${want[${key}]}" ]] || continue
		if [[ ${key} == file && ${want[media]-}.${have[media]-} == cdrom.cdrom && ${have[file]} != *cloudinit* ]]; then
			# A disc is exchanged; the size that Proxmox notes is that of the old one.
			unset 'have[size]'
		elif [[ ${key} == file || ${key} == volume ]] && [[ -n ${volume} || ${have[${key}]-} != /* ]]; then
			# A volume stays where it is, as long as that is the declared storage.
			[[ -z ${volume} || ${have[${key}]-} != "${volume%%:*}:"* ]] || continue
			hold_volume "${option}" "${have[${key}]-}" "${want[${key}]}"
			return 0
		fi
		text="${option}.${key}"
		if [[ -n ${FIXED[${declared}.${key}]-} ]]; then
			note_once "${text} is ${have[${key}]:-(unset)}, declared ${want[${key}]}: this is decided when the volume is made"
			continue
		fi
		[[ ${key} != "${FORMAT[${format}]%% *}" || ${#sequence[@]} -gt 1 ]] || text=${option}
		drifts+=("${text} ${have[${key}]:-(unset)} -> ${want[${key}]}")
		have[${key}]=${want[${key}]}
	done
	for key in "${WITHOUT[@]}"; do
		[[ ${key} == "${declared}".* ]] || continue
		key=${key#*.}
		[[ -n ${have[${key}]+set} ]] || continue
		drifts+=("${option}.${key} ${have[${key}]} -> (unset)")
		unset 'have[${key}]'
	done
	drop_retired_keys "${declared}" "${option}"
	((${#drifts[@]} > 0)) || return 0
	TEXTS+=("${drifts[@]}")
	join_props "${format}" have
	SET+=("--${option}" "${REPLY}")
}

# live_slot FORMAT OPTION PATH: sets REPLY to the slot that holds the mount or device of this path, or to one that is
# free; for other options it is the declared one.
live_slot() {
	local family=${1#*.} n
	REPLY=$2
	[[ $1 == ct.mp || $1 == ct.dev ]] || return 0
	if [[ -n ${SLOT["${family} $3"]-} ]]; then
		REPLY=${SLOT["${family} $3"]}
		return 0
	fi
	for ((n = -1; n < 256; n++)); do
		((n < 0)) || REPLY="${family}${n}"
		if [[ -z ${LIVE[${REPLY}]+set}${CURRENT[${REPLY}]+set}${TAKEN[${REPLY}]-} ]]; then
			TAKEN[${REPLY}]=1
			return 0
		fi
	done
	hold "no slot is free for $3"
	return 1
}

# differ_new OPTION VALUE VOLUME: an option that is not there. A volume is allocated only when none is detached or about
# to be: Proxmox would give an empty one in its place.
differ_new() {
	local other
	if [[ -n $3 && $3 != *:cloudinit ]]; then
		for other in "${!CURRENT[@]}"; do
			if [[ ${other} == unused[0-9]* ]]; then
				hold "$1 is empty and ${other} holds ${CURRENT[${other}]}: attach or remove it by hand, then run again"
				return 0
			elif [[ ${other} == "${1%%[0-9]*}"[0-9]* && -z ${LIVE[${other}]+set} ]]; then
				hold "${other} (${CURRENT[${other}]}) waits to be removed at the next restart: restart the guest or revert that, then run again"
				return 0
			fi
		done
	fi
	[[ -z $3 ]] || ALLOCATES+=("${3%%:*}")
	differ "$1" "$2" '' "$2"
}

# hold_volume OPTION LIVE WANTED: another volume than the live one is for the operator to put there.
hold_volume() {
	local storage=${3%%:*} command="pct move-volume"
	[[ ${GUEST_KEY} == ct.* ]] || command="qm disk move"
	if [[ $2 == *:* && $3 == *:* ]]; then
		hold "$1 is $2, declared on storage ${storage}; to move it: ${command} ${GUEST_KEY#*.} $1 ${storage}"
	else
		hold "$1 is ${2:-empty}, declared as $3; change that by hand, then run again"
	fi
}
