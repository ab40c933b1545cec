# --- Storages -------------------------------------------------------------------------------------

# same_set A B: whether two lists hold the same words, in whatever order.
same_set() {
	local word
	local -a a=() b=()
	IFS=', ' read -r -a a <<<"$1"
	IFS=', ' read -r -a b <<<"$2"
	for word in "${a[@]}"; do [[ " ${b[*]} " == *" ${word} "* ]] || return 1; done
	for word in "${b[@]}"; do [[ " ${a[*]} " == *" ${word} "* ]] || return 1; done
}

# Options of storages that hold key=value pairs.
readonly STORAGE_PROPERTIES=' bwlimit prune-backups '
# Options that Proxmox takes for set where they are not.
readonly STORAGE_YES=' create-base-path create-subdirs mkdir '

# storage_pairs LIVE WANTED [WITHOUT]: sets REPLY to the pairs of LIVE with those of WANTED in place of their own and without
# the keys of WITHOUT.
storage_pairs() {
	local pair
	local -a pairs=()
	local -A declared=() kept=()
	IFS=', ' read -r -a pairs <<<"$2"
	for pair in "${pairs[@]}"; do declared[${pair%%=*}]=1; done
	for pair in ${3-}; do declared[${pair}]=1; done
	REPLY=''
	IFS=', ' read -r -a pairs <<<"$1"
	for pair in "${pairs[@]}"; do
		[[ -n ${declared[${pair%%=*}]-} ]] || kept[${pair}]=1
	done
	for pair in "${!kept[@]}"; do REPLY+="${REPLY:+,}${pair}"; done
	REPLY+="${2:+${REPLY:+,}$2}"
}

# same_storage_option OPTION WANTED LIVE: whether the option of a storage has the value.
same_storage_option() {
	local live=$3
	[[ -n ${live} || ${STORAGE_YES} != *" $1 "* ]] || live=1
	case $1 in
	content | nodes | monhost | content-dirs | bwlimit | prune-backups) same_set "$2" "${live}" ;;
	*) [[ ${live:-0} == "$2" ]] ;;
	esac
}

STORAGE_DRIFT=()           # the arguments of the `pvesm set` that is needed
STORAGE_DELETE=''          # the options that it deletes
declare -A STORAGE_DROP=() # option -> the keys of it that must not be set

# storage [--without OPTION[.KEY]]... pvesm add TYPE ID --OPTION VALUE...: defines the storage, or sets the options that differ
# in one call. Of what Proxmox cannot change, preflight has seen to it that it does not differ.
storage() {
	active || return 0
	local text
	STORAGE_DRIFT=() STORAGE_DELETE='' STORAGE_DROP=() TEXTS=() FED=()
	while [[ $1 == --without ]]; do
		[[ $2 != *.* ]] || STORAGE_DROP[${2%%.*}]+=" ${2#*.}"
		[[ $2 == *.* ]] || STORAGE_DELETE+="${STORAGE_DELETE:+ }$2"
		shift 2
	done
	local id=$4
	if [[ -z ${STORAGE_TYPE[${id}]-} ]]; then
		FED=("${SECRET_OPTIONS[@]}")
		checking || feed_storage "$@"
		change '+' "storage ${id}"
		read_storages
		return 0
	fi
	storage_deletions "${id}" "${STORAGE_DELETE}"
	storage_drift "${id}" "${@:5}"
	storage_secrets "${id}"
	[[ -z ${STORAGE_DELETE} ]] || STORAGE_DRIFT+=(--delete "${STORAGE_DELETE}")
	((${#STORAGE_DRIFT[@]} + ${#FED[@]} > 0)) || return 0
	checking || feed_storage pvesm set "${id}" "${STORAGE_DRIFT[@]}"
	for text in "${TEXTS[@]}"; do change '~' "storage ${id}: ${text}"; done
	read_storages
}

# storage_deletions ID OPTIONS: those that must not be set and are.
storage_deletions() {
	local option live
	STORAGE_DELETE=''
	for option in $2; do
		live=${STORAGE_OPTION["$1/${option}"]-}
		[[ -n ${live} ]] || continue
		STORAGE_DELETE+="${STORAGE_DELETE:+,}${option}"
		TEXTS+=("${option} ${live} -> (unset)")
	done
}

# storage_drift ID --OPTION VALUE...: the options that differ. Keys of property strings that no file declares stay.
storage_drift() {
	local id=$1 option wanted live i
	local -a options=("${@:2}")
	for option in "${!STORAGE_DROP[@]}"; do
		[[ " ${options[*]} " == *" --${option} "* ]] || options+=("--${option}" '')
	done
	for ((i = 0; i < ${#options[@]}; i += 2)); do
		option=${options[i]#--} wanted=${options[i + 1]}
		live=${STORAGE_OPTION["${id}/${option}"]-}
		if [[ ${STORAGE_PROPERTIES} == *" ${option} "* ]]; then
			storage_pairs "${live}" "${wanted}" "${STORAGE_DROP[${option}]-}"
			wanted=${REPLY}
		fi
		! same_storage_option "${option}" "${wanted}" "${live}" || continue
		if [[ -n ${wanted} ]]; then
			STORAGE_DRIFT+=("--${option}" "${wanted}")
		else
			STORAGE_DELETE+="${STORAGE_DELETE:+,}${option}"
		fi
		TEXTS+=("${option} ${live:-(unset)} -> ${wanted:-(unset)}")
	done
}

# storage_secrets ID: the options that are set from secrets and differ; no value is told. Proxmox keeps them in files that only
# root can read.
storage_secrets() {
	local id=$1 option reference live i
	for ((i = 0; i < ${#SECRET_OPTIONS[@]}; i += 2)); do
		option=${SECRET_OPTIONS[i]} reference=${SECRET_OPTIONS[i + 1]}
		storage_secret_of "${id}" "${option}"
		live=${REPLY}
		if [[ ${reference} == autogen ]]; then
			[[ -z ${live} ]] || continue
		elif secret_known "${reference}"; then
			secret "${reference}"
			[[ ${live} != "${REPLY%"${REPLY##*[!$'\n']}"}" ]] || continue
		elif [[ -n ${live} ]]; then
			note_once "storage ${id}: ${option}: the secret ${reference} is not compared, because no command is run for it with --check"
			continue
		fi
		FED+=("${option}" "${reference}")
		TEXTS+=("${option} ${live:+(another) }-> (${reference})")
	done
}

# storage_secret_of ID OPTION: sets REPLY to what Proxmox keeps of it, without the line ends after it.
storage_secret_of() {
	local path="${PVE}/priv/storage/$1"
	case "${STORAGE_TYPE[$1]} $2" in
	*' password') path+=.pw ;;
	*' encryption-key') path+=.enc ;;
	*' master-pubkey') path+=.master.pem ;;
	'cephfs keyring') path="${PVE}/priv/ceph/$1.secret" ;;
	*) path="${PVE}/priv/ceph/$1.keyring" ;;
	esac
	REPLY=''
	[[ -r ${path} ]] || return 0
	IFS= read -r -d '' REPLY <"${path}" || true
	REPLY=${REPLY%"${REPLY##*[!$'\n']}"}
	[[ ${STORAGE_TYPE[$1]} != cifs ]] || REPLY=${REPLY#password=}
}

# feed_storage COMMAND...: runs it with the options of FED: Proxmox reads a password from standard input, keys from files.
feed_storage() {
	local option reference i INPUT=/dev/null
	local -a command=("$@") files=()
	for ((i = 0; i < ${#FED[@]}; i += 2)); do
		option=${FED[i]} reference=${FED[i + 1]}
		if [[ ${reference} == autogen ]]; then
			command+=("--${option}" autogen)
			continue
		fi
		secret_file "${reference}"
		files+=("${REPLY}")
		if [[ ${option} == password ]]; then
			INPUT=${REPLY}
			printf '\n' >>"${INPUT}"
		else
			command+=("--${option}" "${REPLY}")
		fi
	done
	# Without an argument it is asked for; behind it stands nothing that could be taken for one.
	[[ ${INPUT} == /dev/null ]] || command+=(--password)
	run "${command[@]}"
	((${#files[@]} == 0)) || rm -f -- "${files[@]}"
}
