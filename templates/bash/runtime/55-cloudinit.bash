# --- cloud-init -----------------------------------------------------------------------------------

SNIPPETS=()          # the volumes of snippets that this run wants
declare -A BEHIND=() # guest key -> what is said of a cloud-init drive that is not up to date

# snippets_folder STORAGE: sets REPLY to the folder of the storage's snippets; fails when it keeps none.
snippets_folder() {
	local own=",${STORAGE_OPTION["$1/content-dirs"]-},"
	case ${STORAGE_TYPE["$1"]-} in
	dir | btrfs | nfs | cifs | cephfs) ;;
	*) return 1 ;;
	esac
	REPLY=/snippets
	if [[ ${own} == *,snippets=* ]]; then
		own=${own#*,snippets=}
		REPLY="/${own%%,*}"
	fi
	REPLY="${STORAGE_OPTION["$1/path"]:-/mnt/pve/$1}${REPLY}"
}

# snippet STORAGE FILE [--secret TOKEN crypt|hash|base64 REFERENCE]...: makes the snippet equal to standard input, with secrets
# in the places of their tokens; one that holds a secret can be read by root only. When what it says has changed
# although its name has not (a secret has), the drive of the guest has to be made anew.
snippet() {
	active || return 0
	local content live='' path mode=644 unknown=''
	if ! snippets_folder "$1"; then
		hold "storage $1 keeps no files, so that it has no snippets"
		return 0
	fi
	path="${REPLY}/$2"
	SNIPPETS+=("$1:snippets/$2")
	IFS= read -r -d '' content || true
	(($# == 2)) || mode=600
	fill_secrets "${@:3}"
	if [[ -e ${ROOT}${path} ]]; then
		if [[ -n ${unknown} ]]; then
			note "${path}: the secret ${unknown} is not compared, because no command is run for it with --check"
			return 0
		fi
		IFS= read -r -d '' live <"${ROOT}${path}" || true
		[[ ${live} != "${content}" ]] || return 0
	fi
	checking || write_snippet "${path}" "${mode}" "${content}" "${live}"
	if [[ -z ${live} ]]; then
		change '+' "file ${path}"
	else
		change '~' "file ${path}: its secrets"
		BEHIND[${GUEST_KEY}]="${GUEST}: its cloud-init drive is made anew at its next start"
		note_new_instance
	fi
}

# write_snippet PATH MODE CONTENT LIVE
write_snippet() {
	local id=${GUEST_KEY#*.}
	if [[ -n $4 ]]; then
		mkdir -p "${STATE}/cloud-init"
		: >"${STATE}/cloud-init/${id}"
	fi
	mkdir -p -- "${ROOT}${1%/*}"
	rm -f -- "${ROOT}$1.phxc-new"
	# Nobody may look into it before it has its mode.
	(umask "$((777 - $2))" && printf '%s' "$3" | write_file "${ROOT}$1") || refuse "$1 cannot be written"
}

# secret_base64 REFERENCE: sets REPLY to the value in Base64, on one line.
secret_base64() {
	secret "$1"
	REPLY=$(printf '%s' "${REPLY}" | base64 -w 0)
}

# drop_snippets STORAGE: removes the snippets of the guest that no configuration of the cluster names, snapshots
# included: clones have those of their source until they get their own.
drop_snippets() {
	active || return 0
	local path name
	snippets_folder "$1" || return 0
	for path in "${ROOT}${REPLY}/phxc-${GUEST_KEY#*.}-"*; do
		name=${path##*/}
		[[ ${name} =~ ^phxc-[0-9]+-(user|vendor|network)-[0-9a-f]{16}\.yaml$ ]] || continue
		! snippet_named "$1:snippets/${name}" || continue
		checking || run rm -f -- "${path}"
		change '-' "remove ${path#"${ROOT}"}, which nothing names any more"
	done
}

# snippet_named VOLUME: whether this run wants the snippet, or a configuration of the cluster names it. With --check the
# guest itself counts as if it had what this run wants, and its drive were made from that.
snippet_named() {
	local file
	[[ " ${SNIPPETS[*]} " != *" $1 "* ]] || return 0
	for file in "${PVE}/nodes/"*/qemu-server/*.conf; do
		[[ -e ${file} ]] || continue
		if checking && [[ ${file} == */"${GUEST_KEY#*.}".conf && " ${SET[*]} ${DELETE[*]} " =~ \ (--)?cicustom\  ]]; then
			! snapshot_names "$1" "${file}" || return 0
		elif [[ $(<"${file}") == *"$1"* ]]; then
			return 0
		fi
	done
	return 1
}

# snapshot_names TEXT FILE: whether a snapshot in a guest's configuration has the text.
snapshot_names() {
	local line section=''
	local -a lines=()
	mapfile -t lines <"$2"
	for line in "${lines[@]}"; do
		[[ ${line} != '['*']' ]] || section=${line}
		case ${section} in
		'' | '[PENDING]' | '[special:'*) ;;
		*) [[ ${line} != *"$1"* ]] || return 0 ;;
		esac
	done
	return 1
}

# note_new_instance: cloud-init in the guest is going to see another instance.
note_new_instance() {
	[[ -z ${CREATED[${GUEST_KEY}]-} && ! -e ${STATE}/first-start/${GUEST_KEY#*.} ]] || return 0
	note_once 'cloud-init will take it for a new instance when it is next started, and run its modules again: users, keys, packages, files and commands; its ssh host keys will be new'
}

# has_cloud_init: whether the machine that was read has a cloud-init drive.
has_cloud_init() {
	local option
	for option in "${!CURRENT[@]}"; do
		[[ ! (${option} =~ ^(ide|sata|scsi|virtio)[0-9]+$ && ${CURRENT[${option}]} =~ cloudinit) ]] || return 0
	done
	return 1
}

# instance_of NAME: sets REPLY to all of the options in an associative array that Proxmox makes the id of the instance
# from: the digest of user and network data. What comes from a file of its own is told by the name of that.
instance_of() {
	local -n instance=$1
	local custom=",${instance[cicustom]-}," option net i
	local -a names=()
	REPLY=''
	[[ ${custom} != *,meta=* ]] || return 0
	if [[ ${custom} == *,user=* ]]; then
		option=${custom#*,user=}
		REPLY+="user ${option%%,*}"$'\n'
	else
		names=(name ciuser cipassword sshkeys ciupgrade searchdomain)
	fi
	if [[ ${custom} == *,network=* ]]; then
		option=${custom#*,network=}
		REPLY+="network ${option%%,*}"$'\n'
	else
		names+=(nameserver searchdomain)
		for ((i = 0; i < 32; i++)); do
			[[ -n ${instance["ipconfig${i}"]-} && -n ${instance["net${i}"]-} ]] || continue
			# Of a card, the hardware address counts.
			net=${instance["net${i}"]}
			[[ ! ${net} =~ ([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2} ]] || net=${BASH_REMATCH[0]}
			REPLY+="${i} ${net^^} ${instance["ipconfig${i}"]}"$'\n'
		done
	fi
	for option in "${names[@]}"; do REPLY+="${option} ${instance[${option}]-}"$'\n'; done
}

# tell_instance: says what the differences of a machine mean for cloud-init in it.
tell_instance() {
	local option before i
	local -A coming=()
	has_cloud_init || return 0
	if checking && is_running vm "${GUEST_KEY#*.}" && [[ " ${SET[*]} ${FED[*]} ${DELETE[*]} " =~ \ (--)?(name|ci[a-z]+|sshkeys|nameserver|searchdomain|net[0-9]+|ipconfig[0-9]+)\  ]]; then
		BEHIND[${GUEST_KEY}]="${GUEST}: its cloud-init drive is made anew at its next start"
	fi
	for option in "${!LIVE[@]}"; do coming[${option}]=${LIVE[${option}]}; done
	for option in "${DELETE[@]}" "${DELETE_FIRST[@]}"; do unset 'coming[${option}]'; done
	for ((i = 0; i < ${#SET[@]}; i += 2)); do coming[${SET[i]#--}]=${SET[i + 1]}; done
	for ((i = 0; i < ${#FED[@]}; i += 2)); do coming[${FED[i]}]='(another)'; done
	instance_of LIVE
	before=${REPLY}
	instance_of coming
	if [[ ${before} != "${REPLY}" ]]; then
		note_new_instance
	elif [[ ${LIVE[cicustom]-} != "${coming[cicustom]-}" ]]; then
		note_once 'cloud-init reads its vendor data when the guest is next started; what it does once only, it does not do again'
	fi
}

# differ_sshkeys KEYS: Proxmox writes them URL-encoded; the option takes the name of a file that holds them.
differ_sshkeys() {
	decoded "${LIVE[sshkeys]-}"
	local live=${REPLY%$'\n'}
	[[ ${live} != "${1%$'\n'}" ]] || return 0
	tell_keys "${live}" "${1%$'\n'}"
	differ sshkeys "$1" "${live:+(other keys)}" '(the declared keys)'
}

# tell_keys LIVE WANTED: cloud-init adds the keys that Proxmox gives it to those that are there.
tell_keys() {
	local key
	local -a keys=()
	[[ ",${LIVE[cicustom]-}," != *,user=* ]] || return 0
	mapfile -t keys <<<"$1"
	for key in "${keys[@]}"; do
		[[ -n ${key} && $'\n'$2$'\n' != *$'\n'"${key}"$'\n'* ]] || continue
		note_once 'a key that is no longer declared stays in the guest: cloud-init only adds the keys of `ssh_keys`; those of a `user` block are exact'
	done
}

# cloud_init_drive COMMAND...: makes the drive of a running machine anew when it does not have what the configuration
# says, so that a restart from inside the machine finds it. One that does not run gets it when it is started.
cloud_init_drive() {
	active || return 0
	local id=${GUEST_KEY#*.} due="${STATE}/cloud-init/${GUEST_KEY#*.}"
	read_conf vm "${id}"
	((EXISTS == 1)) || return 0
	if ! is_running vm "${id}"; then
		checking || rm -f -- "${due}"
		return 0
	fi
	[[ -n ${BEHIND[${GUEST_KEY}]-} || -e ${due} ]] || ((CLOUD_INIT_BEHIND == 1)) || return 0
	has_cloud_init || return 0
	if ! checking; then
		unlocked || return 0
		run "$@"
		rm -f -- "${due}"
	fi
	unset 'BEHIND[${GUEST_KEY}]'
	change '~' 'cloud-init drive'
}
