# --- Preflight and start --------------------------------------------------------------------------

PROBLEMS=()
NODE=''
declare -A VMLIST=()

# problem TEXT [GUEST-KEY...]: something is not as the plan presupposes. With keys, it concerns only those guests.
problem() {
	local key text=$1
	shift
	(($# > 0)) || PROBLEMS+=("${text}")
	for key in "$@"; do
		[[ -n ${HELD[${key}]-} ]] || HELD[${key}]=${text}
	done
}

# require_host: this is a Proxmox VE host whose /etc/pve is mounted and writable, and we are root.
require_host() {
	local command mounts
	if [[ -z ${ROOT} && ${EUID} -ne 0 ]]; then problem 'it must be run as root'; fi
	for command in "$@"; do
		command -v "${command}" >/dev/null || problem "the command ${command} is missing"
	done
	mounts=$(<"${ROOT}/proc/mounts")
	if [[ ${mounts} != *" /etc/pve fuse"* ]]; then
		problem '/etc/pve is not mounted (is pve-cluster running?)'
		return 0
	fi
	if [[ -r ${PVE}/.members && $(<"${PVE}/.members") =~ \"quorate\":[[:space:]]*0 ]]; then
		problem 'the cluster has no quorum: /etc/pve is read-only'
	fi
	NODE=$(readlink "${PVE}/local" || true)
	NODE=${NODE##*/}
	read_vmlist
	read_storages
	read_sockets
}

# read_vmlist: every id of the cluster, with its kind and node.
read_vmlist() {
	local line
	local -a lines=()
	[[ ! -r ${PVE}/.vmlist ]] || mapfile -t lines <"${PVE}/.vmlist"
	for line in "${lines[@]}"; do
		if [[ ${line} =~ \"([0-9]+)\":.*\"node\":[[:space:]]*\"([^\"]+)\".*\"type\":[[:space:]]*\"([a-z]+)\" ]]; then
			VMLIST[${BASH_REMATCH[1]}]="${BASH_REMATCH[3]} ${BASH_REMATCH[2]}"
		fi
	done
}

# need_guest KIND ID NAME: the id is free, or taken by this guest on this node.
need_guest() {
	COUNT_GUESTS=$((COUNT_GUESTS + 1))
	local type=qemu name
	[[ $1 == vm ]] || type=lxc
	[[ -n ${VMLIST[$2]-} ]] || return 0
	if [[ ${VMLIST[$2]% *} != "${type}" ]]; then
		problem "id $2 is taken by a guest of another kind; it is declared as $1 $3"
	elif [[ -n ${NODE} && ${VMLIST[$2]#* } != "${NODE}" ]]; then
		problem "id $2 ($3) is on node ${VMLIST[$2]#* }"
	else
		read_conf "$1" "$2"
		name=${CURRENT[name]-${CURRENT[hostname]-}}
		if [[ -n ${name} && ${name} != "$3" ]] && ! read_intent "$2"; then
			shown "${name}"
			problem "id $2 is taken by a guest called ${REPLY}; it is declared as $1 $3"
		fi
	fi
}

# need_storage STORAGE CONTENT [GUEST-KEY...]
need_storage() {
	local id=$1 content=$2
	shift 2
	if [[ -z ${STORAGE_TYPE[${id}]-} ]]; then
		problem "there is no storage ${id}" "$@"
	elif [[ -n ${content} && ",${STORAGE_OPTION["${id}/content"]-}," != *",${content},"* ]]; then
		problem "storage ${id} does not take content ${content}" "$@"
	fi
}

# need_bridge NAME [GUEST-KEY...]
need_bridge() {
	[[ -e ${ROOT}/sys/class/net/$1 ]] || problem "there is no bridge $1" "${@:2}"
}

# need_file PATH HINT [GUEST-KEY...]
need_file() {
	[[ -s ${ROOT}$1 ]] || problem "there is no file $1${2:+ ($2)}" "${@:3}"
}

# need_device PATH [GUEST-KEY...]
need_device() {
	[[ -e ${ROOT}$1 ]] || problem "there is no device $1" "${@:2}"
}

# need_disk POOL PATH: a disk for a pool that does not exist yet is there and carries nothing.
need_disk() {
	! zpool_exists "$1" || return 0
	if [[ ! -e ${ROOT}$2 ]]; then
		problem "there is no disk $2 (pool $1)"
	else
		disk_is_empty "$2" || problem "disk $2 is not empty (${REPLY}); a pool is never made on it (pool $1)"
	fi
}

# need_command NAME [GUEST-KEY...]
need_command() {
	command -v "$1" >/dev/null || problem "the command $1 is missing" "${@:2}"
}

# need_source KIND ID NAME WHAT [GUEST-KEY...]: a guest that is cloned and not made by this plan; WHAT is `guest`,
# `template` or the name of a snapshot after `snapshot:`.
need_source() {
	read_conf "$1" "$2"
	if ((EXISTS == 0)); then
		problem "there is no $1 $2 ($3) to clone" "${@:5}"
	elif [[ $4 == template && ${CURRENT[template]-} != 1 ]]; then
		problem "$1 $2 ($3) is not a template" "${@:5}"
	elif [[ $4 == snapshot:* && -z ${SNAPSHOTS[${4#*:}]+set} ]]; then
		problem "$1 $2 ($3) has no snapshot ${4#*:}" "${@:5}"
	fi
}

# need_version MINIMUM: the release of Proxmox VE.
need_version() {
	local live first
	live=$(pveversion </dev/null 2>/dev/null) || live=''
	live=${live#*/}
	live=${live%%/*}
	first=$(printf '%s\n%s\n' "$1" "${live:-0}" | sort -V | head -n 1)
	[[ ${first} == "$1" ]] || problem "Proxmox VE $1 or later is needed; this is ${live:-unknown}"
}

# usage
usage() {
	cat <<TEXT
Usage: bash ${0##*/} [--check] [--only ID,...] [--from STEP] [--list] [--help]

  --check      change nothing; say what would be done (exit code 2 when there is something)
  --only IDS   only these guests
  --from STEP  leave out the steps before this one (names: --list)
  --list       print the steps

Exit codes: 0 done or nothing to do, 2 changes pending (--check), 3 refused before anything was touched,
4 a step failed or a guest was held back, 5 another run holds the lock, 130 interrupted.
TEXT
}

# read_arguments ARGUMENT...
read_arguments() {
	while (($# > 0)); do
		case $1 in
		--check) MODE=check ;;
		--list) MODE=list ;;
		--only | --from)
			if (($# < 2)); then
				say "$1 needs a value" >&2
				exit 64
			fi
			if [[ $1 == --from ]]; then FROM=$2; else IFS=, read -r -a ONLY <<<"$2"; fi
			shift
			;;
		--help | -h)
			usage
			exit 0
			;;
		*)
			say "Unknown option: $1" >&2
			usage >&2
			exit 64
			;;
		esac
		shift
	done
}

# take_lock: one run at a time. Commands inherit the lock, so that it also waits for one that outlived a killed run.
take_lock() {
	if [[ -z ${ROOT} && ${EUID} -ne 0 ]]; then
		say 'A plan must be run as root.' >&2
		exit 3
	fi
	mkdir -p "${ROOT}/run/lock" "${STATE}"
	exec 9>>"${ROOT}/run/lock/phxc.lock"
	if ! flock -n 9; then
		say 'Another run of a plan holds the lock (/run/lock/phxc.lock), or a command that outlived one.' >&2
		exit 5
	fi
}

# begin: from here on, every end is told and tidied up. Only a run that changes something takes the lock.
begin() {
	checking || take_lock
	WORK=$(mktemp -d)
	: >"${WORK}/log"
	trap 'unexpected "${LINENO}" "$?"' ERR
	trap interrupted INT TERM HUP
	trap 'finish "$?"' EXIT
}

# end_preflight: refuses the plan when anything is not as it presupposes.
end_preflight() {
	((${#PROBLEMS[@]} > 0)) || return 0
	{
		say 'Refused; nothing was touched:'
		printf '  - %s\n' "${PROBLEMS[@]}"
	} >&2
	finish 3
}
