# --- Options of a guest ---------------------------------------------------------------------------

SET=()              # --option value ... that must be set
DELETE=()           # options that must be deleted together with it
DELETE_FIRST=()     # devices that must be deleted in a call of their own
TEXTS=()            # the same for the reader
ALLOCATES=()        # storages on which setting allocates a volume
WITHOUT=()          # keys of property strings that must not be set, as net0.rate
declare -A SLOT=()  # "mp /path" and "dev /path" -> the live slot that holds it
declare -A TAKEN=() # slots given to new mounts and devices in this comparison

# hold TEXT: holds the current guest and what needs it back; the rest of the plan goes on.
hold() {
	HELD[${GUEST_KEY}]=$1
	GUEST_ACTIVE=0
	STEP_ACTIVE=0
	say "! ${GUEST}: held back: $1"
}

# converge [--without OPTION.KEY]... [--exact FAMILY]... qm|pct set ID --OPTION VALUE...: compares every option with the
# live one and runs one `set` with just those that differ; nothing when none does.
converge() {
	active || return 0
	local exact=''
	WITHOUT=()
	while [[ $1 == --* ]]; do
		case $1 in
		--without) WITHOUT+=("$2") ;;
		*) exact=$2 ;;
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
	report_pending
	differences "${kind}" "${exact}" "$@"
	((${#TEXTS[@]} > 0)) && active || return 0
	if checking; then
		announce '~'
		return 0
	fi
	unlocked || return 0
	set_differences "${tool}" "${kind}" "${id}" "${exact}" "$@"
	read_conf "${kind}" "${id}"
	report_pending
}

# unlocked: whether no other task of Proxmox (a backup, say) has locked the guest; it is held back otherwise.
unlocked() {
	[[ -n ${CURRENT[lock]-} ]] || return 0
	hold "it is locked (${CURRENT[lock]}) by another task; run again when that has ended"
	return 1
}

# report_pending: notes what waits for a restart.
report_pending() {
	((${#PENDING_KEYS[@]} == 0)) || RESTART[${GUEST_KEY}]="a restart is needed for ${PENDING_KEYS[*]}"
}

# announce SIGN: prints the differences that were found.
announce() {
	local text
	for text in "${TEXTS[@]}"; do change "$1" "${text}"; done
}

# announce_set: tells what was set; of a guest that this run made, only which options.
announce_set() {
	local i done_options=''
	if [[ -z ${CREATED[${GUEST_KEY}]-} ]]; then
		announce '~'
		return 0
	fi
	for ((i = 0; i < ${#SET[@]}; i += 2)); do done_options+=" ${SET[i]#--}"; done
	for i in "${DELETE_FIRST[@]}" "${DELETE[@]}"; do done_options+=" -${i}"; done
	change '+' "configured:${done_options}"
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
		if ((code == 0)); then
			announce_set
			rm -f -- "${STATE}/intent/${id}.alloc"
			return 0
		fi
		if ((try == 2)) || ! grep -q 'checksum mismatch' "${WORK}/output"; then
			failed "${code}" "${COMMAND[@]}"
		fi
	done
}

# write_differences TOOL ID DIGEST: runs the `set` commands for SET, DELETE and DELETE_FIRST.
COMMAND=()
write_differences() {
	local digest=$3 list i
	if ((${#DELETE_FIRST[@]} > 0)); then
		printf -v list '%s,' "${DELETE_FIRST[@]}"
		COMMAND=("$1" set "$2" --delete "${list%,}" --digest "${digest}")
		attempt "${COMMAND[@]}" || return
		conf_digest
		digest=${REPLY}
	fi
	((${#SET[@]} + ${#DELETE[@]} > 0)) || return 0
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
	((${#ALLOCATES[@]} == 0)) || write_intent "$2.alloc" "${1}" "$2" '' "${ALLOCATES[@]}"
	COMMAND+=(--digest "${digest}")
	attempt "${COMMAND[@]}"
}

# differences KIND EXACT --OPTION VALUE...: fills SET, DELETE, DELETE_FIRST, TEXTS and ALLOCATES.
differences() {
	local kind=$1 exact=$2 option
	shift 2
	SET=() DELETE=() DELETE_FIRST=() TEXTS=() ALLOCATES=()
	index_slots "${kind}"
	[[ -z ${exact} ]] || exact_devices "${exact}" "$@"
	while (($# > 0)); do
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
}

# index_slots KIND: fills SLOT with the live mounts and devices.
index_slots() {
	local option path
	SLOT=() TAKEN=()
	[[ $1 == ct ]] || return 0
	for option in "${!LIVE[@]}"; do
		case ${option} in
		mp[0-9]*)
			path=",${LIVE[${option}]},"
			path=${path#*,mp=}
			SLOT["mp ${path%%,*}"]=${option}
			;;
		dev[0-9]*)
			path=${LIVE[${option}]%%,*}
			SLOT["dev ${path#path=}"]=${option}
			;;
		*) ;;
		esac
	done
}

# exact_devices FAMILY --OPTION VALUE...: every live device that is not wanted is deleted first; Proxmox refuses any
# other `set` of a container while one of its devices is missing.
exact_devices() {
	local wanted=' ' key slot path
	local -a options=("${@:2}")
	local i
	for ((i = 0; i < ${#options[@]}; i += 2)); do
		[[ ${options[i]} != "--$1"[0-9]* ]] || wanted+="${options[i + 1]%%,*} "
	done
	for key in "${!SLOT[@]}"; do
		[[ ${key} == "$1 "* ]] || continue
		path=${key#* }
		[[ ${wanted} != *" ${path} "* ]] || continue
		slot=${SLOT[${key}]}
		DELETE_FIRST+=("${slot}")
		shown "${LIVE[${slot}]}"
		TEXTS+=("${slot} ${REPLY} -> (removed)")
		unset "LIVE[${slot}]" "SLOT[${key}]"
	done
}

# differ OPTION VALUE LIVE-TEXT WANTED-TEXT: the option must be set.
differ() {
	SET+=("--$1" "$2")
	differ_text "$1" "$3" "$4"
}

# differ_text OPTION LIVE WANTED: adds a line for the reader.
differ_text() {
	shown "$2"
	local live=${REPLY}
	shown "$3"
	TEXTS+=("$1 ${live:-(unset)} -> ${REPLY}")
}

# differ_plain OPTION VALUE: an option that is one value.
differ_plain() { [[ -n ${LIVE[$1]+set} && ${LIVE[$1]} == "$2" ]] || differ "$1" "$2" "${LIVE[$1]-}" "$2"; }

# differ_deleted OPTION,...: options that must not be set.
differ_deleted() {
	local option
	for option in ${1//,/ }; do
		if [[ -n ${LIVE[${option}]+set} || (${option} == description && -n ${DESCRIPTION}) ]]; then
			DELETE+=("${option}")
			shown "${LIVE[${option}]-${DESCRIPTION}}"
			TEXTS+=("${option} ${REPLY} -> (unset)")
		fi
	done
}

# differ_description TEXT: Proxmox writes it encoded, as lines above the options.
differ_description() {
	encoded_text "${1%$'\n'}"
	[[ ${DESCRIPTION%$'\n'} == "${REPLY}" ]] || differ description "$1" "${DESCRIPTION%$'\n'}" "${REPLY}"
}

# differ_sshkeys KEYS: Proxmox writes them URL-encoded; the option takes the name of a file that holds them.
differ_sshkeys() {
	decoded "${LIVE[sshkeys]-}"
	local live=${REPLY%$'\n'}
	[[ ${live} == "${1%$'\n'}" ]] || differ sshkeys "$1" "${live:+(other keys)}" '(the declared keys)'
}

# differ_props FORMAT OPTION VALUE: compares a property string key by key; undeclared keys keep their live value.
differ_props() {
	local format=$1 option=$2 value=$3 key volume=''
	local -a drifts=() sequence=()
	[[ ${LIVE[${option}]-} != "${value}" ]] || return 0
	parse_props "${format}" "${value}"
	local -A want=() have=()
	sequence=("${KEYS[@]}")
	for key in "${sequence[@]}"; do want[${key}]=${PROPS[${key}]}; done
	live_slot "${format}" "${option}" "${want[mp]-}" "${want[path]-}"
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
		if [[ -n ${volume} && (${key} == file || ${key} == volume) ]]; then
			same_storage "${option}" "${have[${key}]-}" "${volume%%:*}" || return 0
		elif [[ ${have[${key}]-} != "${want[${key}]}" ]]; then
			differ_key "${option}" "${key}" "${have[${key}]-}" "${want[${key}]}"
			have[${key}]=${want[${key}]}
		fi
	done
	for key in "${WITHOUT[@]}"; do
		[[ ${key} == "${option}".* && -n ${have[${key#*.}]+set} ]] || continue
		differ_key "${option}" "${key#*.}" "${have[${key#*.}]}" '(unset)'
		unset "have[${key#*.}]"
	done
	((${#drifts[@]} > 0)) || return 0
	TEXTS+=("${drifts[@]}")
	join_props "${format}" have
	SET+=("--${option}" "${REPLY}")
}

# differ_key OPTION KEY LIVE WANTED: a line for the reader, into the caller's `drifts`.
differ_key() {
	shown "$3"
	local live=${REPLY}
	shown "$4"
	drifts+=("$1.$2 ${live:-(unset)} -> ${REPLY}")
}

# live_slot FORMAT OPTION MOUNT DEVICE: sets REPLY to the slot that holds a mount or device, or to one that is free.
live_slot() {
	local found='' family=${1#*.} n
	case $1 in
	ct.mp) found=${SLOT["mp $3"]-} ;;
	ct.dev) found=${SLOT["dev $4"]-} ;;
	*) found=$2 ;;
	esac
	REPLY=${found:-$2}
	[[ -z ${found} ]] || return 0
	for ((n = 0; n < 256; n++)); do
		[[ -n ${LIVE[${REPLY}]+set} || -n ${TAKEN[${REPLY}]-} ]] || break
		REPLY="${family}${n}"
	done
	TAKEN[${REPLY}]=1
}

# differ_new OPTION VALUE VOLUME: an option that is not there; a volume is allocated only when no detached one waits.
differ_new() {
	local other
	if [[ -n $3 ]]; then
		for other in "${!LIVE[@]}"; do
			if [[ ${other} == unused[0-9]* && $3 != *:cloudinit ]]; then
				hold "$1 is empty and ${other} holds ${LIVE[${other}]}: attach or remove it by hand, then run again"
				return 0
			fi
		done
		ALLOCATES+=("${3%%:*}")
	fi
	differ "$1" "$2" '' "$2"
}

# same_storage OPTION LIVE STORAGE: a volume stays where it is; another storage is for the operator to decide.
same_storage() {
	[[ $2 != "$3:"* ]] || return 0
	local command="pct move-volume ${GUEST_KEY#*.} $1 $3"
	[[ ${GUEST_KEY} == ct.* ]] || command="qm disk move ${GUEST_KEY#*.} $1 $3"
	hold "$1 is $2, declared on storage $3; to move it: ${command}"
	return 1
}
