# --- Reading what the host has --------------------------------------------------------------------

declare -A CURRENT=() LIVE=() SNAPSHOTS=()
RAW=()         # raw lxc lines of the current section, as "key: value"
DESCRIPTION='' # the lines after #, as Proxmox encodes them
PENDING=()     # options that wait for a restart
FILE=''        # the guest's configuration file
EXISTS=0
CLOUD_INIT_BEHIND=0

READ='' # the guest that was read last, until anything may have changed it
# read_conf KIND ID: reads a guest's file. CURRENT is its first section, LIVE the same with pending changes and deletes
# merged in; of snapshots only the names and states are kept.
read_conf() {
	[[ ${READ} != "$1.$2" ]] || return 0
	READ="$1.$2"
	CURRENT=() LIVE=() SNAPSHOTS=() OWN_SNAPSHOTS=() RAW=() DESCRIPTION='' PENDING=() CLOUD_INIT_BEHIND=0 EXISTS=0
	FILE="${PVE}/lxc/$2.conf"
	[[ $1 == ct ]] || FILE="${PVE}/qemu-server/$2.conf"
	[[ -e ${FILE} ]] || return 0
	EXISTS=1
	local -a lines=()
	mapfile -t lines <"${FILE}"
	local line section='' key value
	for line in "${lines[@]}"; do
		case ${line} in
		'['*']')
			section=${line:1:-1}
			case ${section} in
			PENDING | pve:pending | special:*) ;;
			*) SNAPSHOTS[${section}]='' ;;
			esac
			;;
		'#'*)
			if [[ -z ${section} ]]; then
				DESCRIPTION+="${line:1}"$'\n'
			elif [[ ${line} == '#phxc '* ]]; then
				OWN_SNAPSHOTS[${section}]=${line#'#phxc '}
			fi
			;;
		lxc.*)
			if [[ -z ${section} ]] && raw_line "${line}"; then RAW+=("${REPLY}"); fi
			;;
		[a-z]*:*)
			key=${line%%:*} value=${line#*:}
			value=${value# }
			if [[ ${value} == @([[:space:]]*|*[[:space:]]) ]]; then
				value=${value#"${value%%[![:space:]]*}"}
				value=${value%"${value##*[![:space:]]}"}
			fi
			# Nearly all lines are of the first section: no call for them.
			if [[ -z ${section} ]]; then
				CURRENT[${key}]=${value} LIVE[${key}]=${value}
			else
				conf_entry "${section}" "${key}" "${value}"
			fi
			;;
		*) ;;
		esac
	done
}

# conf_entry SECTION KEY VALUE: takes one line of a later section of a configuration file.
conf_entry() {
	local name
	local -a names=()
	case $1 in
	PENDING | pve:pending)
		if [[ $2 != delete ]]; then
			PENDING+=("$2")
			LIVE[$2]=$3
			return 0
		fi
		IFS=',; ' read -r -a names <<<"$3"
		for name in "${names[@]}"; do
			name=${name#!}
			PENDING+=("${name} (to be removed)")
			unset 'LIVE[${name}]'
		done
		;;
	special:cloudinit) CLOUD_INIT_BEHIND=1 ;;
	special:*) ;;
	*) [[ $2 != snapstate ]] || SNAPSHOTS[$1]=$3 ;;
	esac
}

# raw_line LINE: sets REPLY to a raw lxc line as Proxmox writes it, `key: value`; fails for any other line.
raw_line() {
	[[ $1 =~ ^(lxc\.[a-zA-Z0-9_.-]+)(:|[[:space:]]*=)[[:space:]]*(.*)$ ]] || return 1
	REPLY="${BASH_REMATCH[1]}: ${BASH_REMATCH[3]%"${BASH_REMATCH[3]##*[![:space:]]}"}"
}

# conf_digest: sets REPLY to the digest that `--digest` wants for FILE, which is then read again.
conf_digest() {
	READ=''
	REPLY=$(sha1sum <"${FILE}")
	REPLY=${REPLY%% *}
}

declare -A RUNNING=() # ids of the containers that run
# read_sockets: which containers run: each has a socket of that name. Read again after every start and stop.
read_sockets() {
	local line
	local -a lines=()
	RUNNING=()
	mapfile -t lines <"${ROOT}/proc/net/unix"
	for line in "${lines[@]}"; do
		[[ ! ${line} =~ @/var/lib/lxc/([0-9]+)/command ]] || RUNNING[${BASH_REMATCH[1]}]=1
	done
}

# is_running KIND ID: whether the guest runs, seen where Proxmox itself looks; no process is started.
is_running() {
	local pid='' path previous='' word
	if [[ $1 == ct ]]; then
		[[ -n ${RUNNING[$2]-} ]]
		return
	fi
	path="/run/qemu-server/$2.pid"
	[[ -r ${ROOT}${path} ]] || return 1
	read -r pid <"${ROOT}${path}" || true
	[[ ${pid} =~ ^[0-9]+$ && -r ${ROOT}/proc/${pid}/cmdline ]] || return 1
	local -a arguments=()
	mapfile -d '' -t arguments <"${ROOT}/proc/${pid}/cmdline"
	for word in "${arguments[@]}"; do
		if [[ ${previous} == -pidfile && (${word} == "${path}" || ${word} == "/var${path}") ]]; then return 0; fi
		previous=${word}
	done
	return 1
}

declare -A STORAGE_TYPE=() STORAGE_OPTION=()

# read_storages: reads /etc/pve/storage.cfg.
read_storages() {
	STORAGE_TYPE=() STORAGE_OPTION=()
	local -a lines=()
	[[ ! -e ${PVE}/storage.cfg ]] || mapfile -t lines <"${PVE}/storage.cfg"
	local line id='' key
	for line in "${lines[@]}"; do
		if [[ ${line} =~ ^([^[:space:]#:]+):[[:space:]]*([^[:space:]]+) ]]; then
			id=${BASH_REMATCH[2]}
			STORAGE_TYPE[${id}]=${BASH_REMATCH[1]}
		elif [[ -n ${id} && ${line} =~ ^[[:space:]]+([^[:space:]]+)[[:space:]]*(.*)$ ]]; then
			key=${BASH_REMATCH[1]}
			STORAGE_OPTION["${id}/${key}"]=${BASH_REMATCH[2]:-1}
		fi
	done
	# Proxmox has this one even when the file does not say so.
	if [[ -z ${STORAGE_TYPE[local]-} ]]; then
		STORAGE_TYPE[local]=dir
		STORAGE_OPTION["local/path"]=/var/lib/vz
		STORAGE_OPTION["local/content"]=iso,vztmpl,backup
	fi
}

declare -A LISTED=() # what storages hold that only Proxmox can list, as it was when this run asked last

# volumes_of [--once] ID STORAGE...: sets VOLUMES to all volumes that belong to a guest on these storages; fails when a
# storage does not tell. With --once, a storage that only Proxmox can list is asked once a run, because each time takes
# a second: enough for an id that is free, since what the run has made for other ids does not matter.
VOLUMES=()
volumes_of() {
	local once=0 id storage name
	if [[ $1 == --once ]]; then
		once=1
		shift
	fi
	id=$1
	local -a names=()
	VOLUMES=()
	for storage in "${@:2}"; do
		names=()
		case ${STORAGE_TYPE[${storage}]-} in
		zfspool)
			ask zfs list -H -o name -d 1 "${STORAGE_OPTION["${storage}/pool"]-}" || return 1
			mapfile -t names <<<"${REPLY}"
			for name in "${names[@]}"; do
				name=${name##*/}
				[[ ! ${name} =~ ^(vm|subvol|base|basevol)-${id}- ]] || VOLUMES+=("${storage}:${name}")
			done
			;;
		dir | nfs | cifs | btrfs)
			for name in "${ROOT}${STORAGE_OPTION["${storage}/path"]:-/mnt/pve/${storage}}/images/${id}/"*; do
				[[ ! -e ${name} ]] || VOLUMES+=("${storage}:${id}/${name##*/}")
			done
			;;
		'') ;;
		*)
			REPLY=${LISTED[${storage}]-}
			if ((once == 0)) || [[ -z ${REPLY} ]]; then
				ask pvesm list "${storage}" || return 1
				LISTED[${storage}]=${REPLY}
			fi
			mapfile -t names <<<"${REPLY}"
			for name in "${names[@]}"; do
				# The last column is the guest's id.
				[[ ${name} != "${storage}:"*" ${id}" ]] || VOLUMES+=("${name%% *}")
			done
			;;
		esac
	done
}
