# --- Reading what the host has --------------------------------------------------------------------

declare -A CURRENT=() LIVE=() SNAPSHOTS=()
RAW=()          # raw lxc lines of the current section, as "key: value"
DESCRIPTION=''  # the lines after #, as Proxmox encodes them
PENDING_KEYS=() # options that wait for a restart
FILE=''         # the guest's configuration file
EXISTS=0

# conf_path KIND ID: sets REPLY to the path of a guest's configuration file.
conf_path() {
	case $1 in
	vm) REPLY="${PVE}/qemu-server/$2.conf" ;;
	*) REPLY="${PVE}/lxc/$2.conf" ;;
	esac
}

# read_conf KIND ID: reads a guest's file. CURRENT is its first section, LIVE the same with pending changes and deletes
# merged in; every other section is a snapshot.
read_conf() {
	CURRENT=() LIVE=() SNAPSHOTS=() RAW=() DESCRIPTION='' PENDING_KEYS=() EXISTS=0
	conf_path "$1" "$2"
	FILE=${REPLY}
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
		'#'*) [[ -n ${section} ]] || DESCRIPTION+="${line:1}"$'\n' ;;
		*': '* | *:)
			key=${line%%:*}
			value=${line#*:}
			value=${value#"${value%%[! ]*}"}
			conf_entry "${section}" "${key}" "${value}"
			;;
		*) ;;
		esac
	done
}

# conf_entry SECTION KEY VALUE: takes one line of a configuration file.
conf_entry() {
	local name
	case $1 in
	'')
		if [[ $2 == lxc.* ]]; then
			RAW+=("$2: $3")
		else
			CURRENT[$2]=$3
			LIVE[$2]=$3
		fi
		;;
	PENDING | pve:pending)
		PENDING_KEYS+=("$2")
		if [[ $2 == delete ]]; then
			for name in ${3//[,;]/ }; do unset "LIVE[${name#!}]"; done
		else
			LIVE[$2]=$3
		fi
		;;
	special:*) ;;
	*) [[ $2 != snapstate ]] || SNAPSHOTS[$1]=$3 ;;
	esac
}

# conf_digest: sets REPLY to the digest that `--digest` wants for FILE.
conf_digest() {
	REPLY=$(sha1sum <"${FILE}")
	REPLY=${REPLY%% *}
}

SOCKETS=''
# read_sockets: what containers run; read again after every start and stop.
read_sockets() { SOCKETS=$(<"${ROOT}/proc/net/unix"); }

# is_running KIND ID: whether the guest runs, seen where Proxmox itself looks; no process is started.
is_running() {
	local pid='' path previous='' word
	if [[ $1 == ct ]]; then
		[[ ${SOCKETS} == *"@/var/lib/lxc/$2/command"* ]]
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
		if [[ ${line} =~ ^([a-z]+):[[:space:]]*([^[:space:]]+) ]]; then
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

# volumes_of ID STORAGE...: sets VOLUMES to all volumes that belong to a guest on these storages.
VOLUMES=()
volumes_of() {
	local id=$1 storage name
	local -a names=()
	VOLUMES=()
	for storage in "${@:2}"; do
		case ${STORAGE_TYPE[${storage}]-} in
		zfspool)
			mapfile -t names < <(zfs list -H -o name -d 1 "${STORAGE_OPTION["${storage}/pool"]}" </dev/null 2>/dev/null || true)
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
			mapfile -t names < <(pvesm list "${storage}" --vmid "${id}" </dev/null 2>/dev/null || true)
			for name in "${names[@]}"; do
				name=${name%% *}
				[[ ${name} != "${storage}:"* ]] || VOLUMES+=("${name}")
			done
			;;
		esac
	done
}
