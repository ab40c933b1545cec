# --- What the last plan declared and no file does any more ----------------------------------------

RETIRED=()              # options of the guest with the value that they had, in turns
RETIRED_KEYS=()         # options, keys of them, and the value that these had, in turns
ALLOW_DESTROY=0         # 1: what destroys data may be done
CONFIRMED=()            # datasets that may be destroyed, by name
declare -A DESTROYED=() # guest key -> 1
declare -A FIXED=()     # what was decided when the guest or a volume was made -> as declared

# fixed OPTION VALUE: for the `converge` that follows. The option, or the key of one (tpmstate0.version), cannot change any
# more; another live value is told.
fixed() { FIXED[$1]=$2; }

# report_fixed: notes what the guest was made with and cannot change. What is not set is off.
report_fixed() {
	local option
	for option in "${!FIXED[@]}"; do
		[[ ${option} == *.* || ${CURRENT[${option}]-0} == "${FIXED[${option}]}" ]] ||
			note_once "${option} is ${CURRENT[${option}]-0}, declared ${FIXED[${option}]}: this is decided when the guest is made; to change it, make the guest anew from a backup"
	done
}

# retire OPTION VALUE: for the `converge` that follows. The option (or the mount or device, as "mp /path") is removed
# where the live value is still this one; keys that were never declared may be anything. A volume is only detached.
retire() { RETIRED+=("$1" "$2"); }

# retire_key OPTION KEY VALUE: the same for one key of an option that stays.
retire_key() { RETIRED_KEYS+=("$1" "$2" "$3"); }

# retired_slot OPTION: sets REPLY to the live option that is meant; to nothing when there is none.
retired_slot() {
	REPLY=$1
	case $1 in
	'mp '* | 'dev '*) REPLY=${SLOT[$1]-} ;;
	*) [[ -n ${LIVE[$1]+set} || ($1 == description && -n ${DESCRIPTION}) ]] || REPLY='' ;;
	esac
}

# differ_retired KIND --OPTION VALUE...: adds to DELETE what is to be removed, and to SET the options that lose a key and
# are not among those that are declared.
differ_retired() {
	local kind=$1 option i declared=" ${*:2} "
	for ((i = 0; i < ${#RETIRED[@]}; i += 2)); do
		retired_slot "${RETIRED[i]}"
		option=${REPLY}
		[[ -n ${option} ]] || continue
		if ! still_is "${kind}" "${option}" "${RETIRED[i + 1]}"; then
			note_once "${option} is no longer declared and not what it was declared as (${RETIRED[i + 1]}): it is left as it is"
		else
			if [[ ${option} == dev[0-9]* ]]; then DELETE_FIRST+=("${option}"); else DELETE+=("${option}"); fi
			TEXTS+=("${option} ${LIVE[${option}]-${DESCRIPTION%$'\n'}} -> (removed)")
		fi
	done
	for ((i = 0; i < ${#RETIRED_KEYS[@]}; i += 3)); do
		option=${RETIRED_KEYS[i]}
		[[ ${option} != *' '* && -n ${LIVE[${option}]+set} && ${declared} != *" --${option} "* ]] || continue
		declared+=" --${option} "
		format_of "${kind}" "${option}"
		[[ -z ${REPLY} ]] || differ_props "${REPLY}" "${option}" ''
	done
}

# still_is KIND OPTION VALUE: whether the live option is what was declared, key by key; a volume on the same storage is.
still_is() {
	local format live key
	local -A was=()
	case $2 in
	description)
		same_decoded "${DESCRIPTION%$'\n'}" "${3%$'\n'}"
		return
		;;
	sshkeys) decoded "${LIVE[sshkeys]-}" && live=${REPLY%$'\n'} ;;
	*) live=${LIVE[$2]-} ;;
	esac
	format_of "$1" "$2"
	format=${REPLY}
	if [[ -z ${format} ]]; then
		[[ ${live} == "${3%$'\n'}" ]]
		return
	fi
	parse_props "${format}" "$3"
	for key in "${!PROPS[@]}"; do was[${key}]=${PROPS[${key}]}; done
	parse_props "${format}" "${live}"
	for key in "${!was[@]}"; do
		[[ ${PROPS[${key}]-} != "${was[${key}]}" ]] || continue
		[[ ${key} == file || ${key} == volume ]] && [[ ${was[${key}]} =~ ^([^:/]+):[0-9.]+$ ]] || return 1
		[[ ${PROPS[${key}]-} == "${BASH_REMATCH[1]}:"* ]] || return 1
	done
}

# drop_retired_keys DECLARED OPTION: within `differ_props`: takes the keys out of `have` that are no longer declared.
drop_retired_keys() {
	local i key name="$1"
	[[ -z ${have[mp]-} ]] || name="mp ${have[mp]}"
	[[ -z ${have[path]-} ]] || name="dev ${have[path]}"
	for ((i = 0; i < ${#RETIRED_KEYS[@]}; i += 3)); do
		key=${RETIRED_KEYS[i + 1]}
		[[ ${RETIRED_KEYS[i]} == "${name}" && -n ${have[${key}]+set} && -z ${want[${key}]+set} ]] || continue
		if same_value "${have[${key}]}" "${RETIRED_KEYS[i + 2]}"; then
			drifts+=("$2.${key} ${have[${key}]} -> (removed)")
			unset 'have[${key}]'
		else
			note_once "$2.${key} is no longer declared and not what it was declared as (${RETIRED_KEYS[i + 2]}): it is left as it is"
		fi
	done
}

# same_value LIVE DECLARED: whether two values of a key are the same; the live one may be a boolean in another spelling.
same_value() {
	case $2/$1 in
	"$1/$2" | 1/on | 1/yes | 1/true | 0/off | 0/no | 0/false) return 0 ;;
	*) [[ $1 == "$2" ]] ;;
	esac
}

# note_once TEXT: what is compared twice is told once.
note_once() {
	local known
	for known in "${NOTES[@]}"; do [[ ${known} != "${GUEST:-host}: $1" ]] || return 0; done
	note "$1"
}

# retired_guest KIND ID NAME: begins the turn of a guest that no file declares any more.
retired_guest() {
	end_turn
	GUEST="$1 $2 $3"
	GUEST_KEY="$1.$2"
	GUEST_ACTIVE=0
	NAMES+=("$2" "$3")
	! asked_for "$2" "$3" || GUEST_ACTIVE=1
}

# destroy [--was NAME]... [--before GUEST]... qm|pct destroy ID ...: destroys the guest with its disks, with --allow-destroy
# only, if it still has one of its names and is not protected, and no guest that needed it is still there.
destroy() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} other
	local -a names=("${GUEST#* * }") others=()
	while [[ $1 == --* ]]; do
		if [[ $1 == --was ]]; then names+=("$2"); else others+=("$2"); fi
		shift 2
	done
	is_there "${kind}" "${id}" || return 0
	if ! destroyable "${names[@]}"; then
		note "it is no longer declared, but ${REPLY}: it is left as it is"
	elif ((ALLOW_DESTROY == 0)); then
		note 'no longer declared; to destroy, needs --allow-destroy'
	elif other_left "${others[@]}"; then
		note "it is no longer declared, but ${REPLY} needed it and is still there: it is left as it is"
	elif linked_to "${id}"; then
		note "it is no longer declared, but its disk is shared by ${REPLY}: it is left as it is"
	else
		GUESTS+=("${GUEST_KEY}")
		destroy_counted "$@"
	fi
}

# is_there KIND ID: reads the guest; whether it exists. Of one that is gone no record of its destruction is kept.
is_there() {
	read_conf "$1" "$2"
	((EXISTS == 0)) || return 0
	checking || rm -f -- "${STATE}/intent/$2.destroy"
	return 1
}

# destroyable NAME...: whether the guest that was read has one of the names, and neither protection nor a lock; REPLY says
# what is in the way. What is left of one that was being destroyed by an earlier run has no name any more, and a lock.
destroyable() {
	local name=${CURRENT[name]-${CURRENT[hostname]-}}
	REPLY=''
	if [[ ${CURRENT[lock]-} == destroyed && -z ${name} && -e ${STATE}/intent/${GUEST_KEY#*.}.destroy ]]; then return 0; fi
	if ! known_as "${name}" "$@"; then
		REPLY="called ${name:-(nothing)} now"
	elif [[ ${CURRENT[protection]-0} != 0 ]]; then
		REPLY='protected (protection: 1)'
	elif [[ -n ${CURRENT[lock]-} ]]; then
		REPLY="locked (${CURRENT[lock]})"
	fi
	[[ -z ${REPLY} ]]
}

# other_left GUEST...: sets REPLY to the first of these guests, as "ct 103 step-ca", that exists and that this run has not
# destroyed; fails when none does.
other_left() {
	local kind id
	for REPLY in "$@"; do
		read -r kind id _ <<<"${REPLY}"
		[[ -z ${DESTROYED["${kind}.${id}"]-} ]] || continue
		read_conf "${kind}" "${id}"
		((EXISTS == 0)) || return 0
	done
	return 1
}

# destroy_counted qm|pct destroy ID ...
destroy_counted() {
	checking || destroy_now "${GUEST_KEY%%.*}" "$3" "$@"
	DESTROYED[${GUEST_KEY}]=1
	change '-' 'destroy'
}

# destroy_now KIND ID qm|pct destroy ID ...: one that runs is shut down before. Proxmox replaces the configuration by a lock
# before it removes it: a record says that this was us, should the run be cut off there.
destroy_now() {
	local kind=$1 id=$2 record="${STATE}/intent/$2.destroy"
	shift 2
	if is_running "${kind}" "${id}"; then
		run "$1" shutdown "${id}" --forceStop 1
		read_sockets
	fi
	read_conf "${kind}" "${id}"
	printf 'tool %s\n' "$1" | write_file "${record}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
	[[ ${CURRENT[lock]-} != destroyed ]] || run "$1" unlock "${id}"
	run "$@"
	read_conf "${kind}" "${id}"
	((EXISTS == 0)) || failed 0 "$@"
	rm -f -- "${record}" "${STATE}/first-start/${id}" "${STATE}/guest/${id}" "${STATE}/woken/${id}"
	rm -f -- "${STATE}/origin/${id}" "${STATE}/template/${kind}.${id}"
}
