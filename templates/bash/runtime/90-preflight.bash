# --- Preflight and start --------------------------------------------------------------------------

PREFLIGHT=1 # 0: all that the plan presupposes is there
PROBLEMS=()
WAIT=0        # seconds to wait for a run that holds the lock
ALLOW_OLDER=0 # 1: a plan that does not follow the one that was applied last may be applied
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

# require_host COMMAND...: this is a Proxmox VE host with these commands, and its /etc/pve is mounted and writable. NODE
# stays empty when it is not: what it holds is then not known, and nothing is said about it.
require_host() {
	local command mounts
	need_ancestry
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

# need_node NAME: this is the host that the plan was made for.
need_node() {
	[[ -z ${NODE} || ${NODE} == "$1" ]] || problem "this is the node ${NODE}; the plan is for $1"
}

# need_guest KIND ID NAME [FORMER-NAME...]: the id is free, or taken by this guest on this node.
need_guest() {
	local type=qemu tool=qm name node=${VMLIST[$2]-}
	if [[ $1 == ct ]]; then
		type=lxc
		tool=pct
	fi
	[[ -n ${node} ]] || return 0
	node=${node#* }
	if [[ ${VMLIST[$2]% *} != "${type}" ]]; then
		problem "id $2 is taken by a guest of another kind; it is declared as $1 $3"
	elif [[ ${node} != "${NODE}" ]]; then
		problem "id $2 ($3) is on node ${node}; to bring it here, there: ${tool} migrate $2 ${NODE}"
	else
		read_conf "$1" "$2"
		name=${CURRENT[name]-${CURRENT[hostname]-}}
		if known_as "${name}" "${@:3}" || [[ (-z ${name} && -n ${CURRENT[lock]-}) ]] || read_intent "$2"; then return 0; fi
		problem "id $2 is taken by a guest called ${name:-(nothing)}; it is declared as $1 $3"
	fi
}

# known_as NAME NAME...: whether the first name is one of the others.
known_as() {
	local name
	for name in "${@:2}"; do [[ ${name} != "$1" ]] || return 0; done
	return 1
}

# last_applied: sets REPLY to the digest of the plan that was applied last; to nothing where none was.
last_applied() {
	local line
	REPLY=''
	[[ -r ${STATE}/applied ]] || return 0
	while read -r line; do REPLY=${line}; done <"${STATE}/applied"
}

# need_ancestry: the plan that was applied here last is this one or one that it follows. A host on which none was
# applied takes every plan, and so does one that is only asked for the health of its guests.
need_ancestry() {
	last_applied
	((ALLOW_OLDER == 0)) && ! only_health && [[ -n ${REPLY} && ${PLAN_DIGEST}${PLAN_ANCESTRY} != *"${REPLY}"* ]] || return 0
	problem "the plan ${REPLY:0:12} was applied here last, and this one does not follow it: an older plan, or one made without it, would revert what it did; --allow-older applies it all the same"
}

# record_applied: notes that this plan is applied, where plans are committed and this is a whole one. That is done before its
# first step: what a run that is cut off has done is newer work, too.
record_applied() {
	[[ ${PLAN_MEMORY} == whole ]] && ! checking || return 0
	last_applied
	[[ ${REPLY} != "${PLAN_DIGEST}" ]] || return 0
	printf '%s\n' "${PLAN_DIGEST}" >>"${STATE}/applied" && return 0
	say "${STATE#"${ROOT}"}/applied cannot be written; nothing was done" >&2
	finish 4
}

# need_storage STORAGE CONTENT [GUEST-KEY...]: there is such a storage for this node and for this content.
need_storage() {
	local id=$1 content=$2 live nodes
	shift 2
	[[ -n ${NODE} ]] || return 0
	live=${STORAGE_OPTION["${id}/content"]-}
	nodes=${STORAGE_OPTION["${id}/nodes"]-}
	if [[ -z ${STORAGE_TYPE[${id}]-} ]]; then
		problem "there is no storage ${id}" "$@"
	elif [[ ${STORAGE_OPTION["${id}/disable"]:-0} != 0 ]]; then
		problem "storage ${id} is disabled" "$@"
	elif [[ -n ${nodes} && ",${nodes}," != *",${NODE},"* ]]; then
		problem "storage ${id} is not for this node (${nodes})" "$@"
	elif [[ -n ${content} && -n ${live} && ",${live}," != *",${content},"* ]]; then
		problem "storage ${id} does not take content ${content}" "$@"
	fi
}

# need_place STORAGE TYPE [OPTION VALUE]...: a storage that exists has this type and lies there; neither can be changed.
need_place() {
	local id=$1 type=$2 live
	shift 2
	live=${STORAGE_TYPE[${id}]-}
	[[ -n ${live} ]] || return 0
	[[ ${live} == "${type}" ]] || problem "storage ${id} is of type ${live}, declared as ${type}"
	while (($# > 0)); do
		live=${STORAGE_OPTION["${id}/$1"]-}
		[[ ${live} == "$2" ]] || problem "storage ${id} has $1 ${live:-(unset)}, declared as $2; Proxmox cannot change it"
		shift 2
	done
}

# need_bridge NAME [GUEST-KEY...]
need_bridge() {
	[[ -e ${ROOT}/sys/class/net/$1 ]] || problem "there is no bridge $1" "${@:2}"
}

# need_file PATH HINT [GUEST-KEY...]
need_file() {
	[[ -s ${ROOT}$1 ]] || problem "there is no file $1${2:+ ($2)}" "${@:3}"
}

# need_device [--made] PATH [GUEST-KEY...]; --made: the driver of NVIDIA that is not loaded yet makes it, before guests have their turn.
need_device() {
	local key
	if [[ $1 == --made ]]; then
		shift
		if ((NVIDIA_CARD == 1)) && ! driver_version; then
			for key in "${@:2}"; do AWAITED[${key}]+="$1 "; done
			return 0
		fi
	fi
	[[ -e ${ROOT}$1 ]] || problem "there is no device $1" "${@:2}"
}

# need_command NAME [GUEST-KEY...]
need_command() {
	command -v "$1" >/dev/null || problem "the command $1 is missing" "${@:2}"
}

# need_source KIND ID NAME WHAT [GUEST-KEY...]: a guest that is cloned and not made by this plan; WHAT is `guest`,
# `template` or the name of a snapshot after `snapshot:`.
need_source() {
	[[ -n ${NODE} ]] || return 0
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
	ask pveversion || REPLY=''
	live=${REPLY#*/}
	live=${live%%/*}
	first=$(printf '%s\n%s\n' "$1" "${live:-0}" | sort -V | head -n 1)
	[[ ${first} == "$1" ]] || problem "Proxmox VE $1 or later is needed; this is ${live:-unknown}"
}

# usage: what --help prints.
usage() {
	cat <<TEXT
Usage: bash ${0##*/} [--check] [--only ID,...] [--from STEP] [--allow-destroy [--confirm NAME]] [--allow-older]
       [--allow-disconnect] [--retry-network] [--allow-lockout] [--allow-detach] [--wait SECONDS] [--limit SECONDS]
       [--keep-going] [--verify] [--secrets FILE] [--report FORM] [--list] [--help]

  --check          change nothing; say what would be done
  --only IDS       only these guests, by id or name, without what they need
  --from STEP      leave out the steps before this one (names: --list)
  --allow-destroy  destroy guests and snapshots where the plan says so
  --confirm NAME   with --allow-destroy: destroy this dataset, which no file declares any more; may be repeated
  --allow-older    apply a plan that does not follow the one that was applied last
  --allow-lockout  write rules of the firewall that shut out the session in which this runs
  --allow-detach   give machines PCI devices on which there is an interface or a disk that this node uses
  --allow-disconnect
                   change interfaces that carry the address of this node; a change after which it cannot be reached
                   is taken back
  --retry-network  make a change of the network once more that was taken back
  --wait SECONDS   wait so long for another run that holds the lock (without it, not at all), and for guests that
                   a task of Proxmox has locked, as a backup does (without it, ${PATIENCE} s in all)
  --limit SECONDS  end any command that takes longer; without it, a minute for a question, a quarter of an hour for
                   a change, an hour for a shutdown, six hours where data is copied or fetched
  --keep-going     a step that fails holds its guest back, and those that need it; the others go on
  --verify         ask the guests whether what was installed in them is there, whatever this host remembers
  --secrets FILE   values of secrets, as phxc apply sends them
  --report FORM    tell the health of guests as a table, json or junit; the two are for programs and have the standard
                   output for themselves (for plans of --action health, which change nothing)
  --list           print the steps

Exit codes: 0 done or nothing to do, 2 changes pending (--check), 3 refused before anything was touched,
4 a step failed or a guest was held back, 5 another run holds the lock, 6 the host has to be restarted
first, then the same script goes on, 7 a check did not pass (plans of --action health), 64 wrong options,
130 interrupted.
TEXT
}

# misused TEXT: ends the script because of its options.
misused() {
	say "$1" >&2
	usage >&2
	exit 64
}

# read_arguments ARGUMENT...
read_arguments() {
	while (($# > 0)); do
		case $1 in
		--check) MODE=check ;;
		--list) MODE=list ;;
		--verify) VERIFY=1 ;;
		--allow-destroy) ALLOW_DESTROY=1 ;;
		--confirm)
			[[ -n ${2-} ]] || misused "$1 needs the name of a dataset"
			CONFIRMED+=("$2")
			shift
			;;
		--allow-older) ALLOW_OLDER=1 ;;
		--allow-lockout) ALLOW_LOCKOUT=1 ;;
		--allow-detach) ALLOW_DETACH=1 ;;
		--allow-disconnect) ALLOW_DISCONNECT=1 ;;
		--retry-network) RETRY_NETWORK=1 ;;
		--keep-going) KEEP_GOING=1 ;;
		--wait)
			[[ ${2-} =~ ^[0-9]{1,6}$ ]] || misused "$1 needs a number of seconds"
			WAIT=$((10#$2)) PATIENCE=$((10#$2))
			shift
			;;
		--limit)
			[[ ${2-} =~ ^[1-9][0-9]{0,6}$ ]] || misused "$1 needs a number of seconds, at least 1"
			LIMIT=$2
			shift
			;;
		--secrets)
			[[ -r ${2-} ]] || misused "$1 needs a file that can be read"
			SECRETS_FILE=$2
			shift
			;;
		--report)
			only_health || misused "$1 is for plans of --action health; this one changes guests"
			[[ ${2-} =~ ^(table|json|junit)$ ]] || misused "$1 needs a form: table, json or junit"
			REPORT=$2
			shift
			;;
		--only | --from)
			[[ -n ${2-} ]] || misused "$1 needs a value"
			if [[ $1 == --from ]]; then FROM=$2; else IFS=', ' read -r -a ONLY <<<"$2"; fi
			((${#ONLY[@]} > 0)) || [[ $1 == --from ]] || misused "$1 needs a value"
			shift
			;;
		--help | -h)
			usage
			exit 0
			;;
		*) misused "Unknown option: $1" ;;
		esac
		shift
	done
}

# read_plan: walks through the steps without doing them: for --list, which ends here, and to know what --only and --from
# may name.
read_plan() {
	[[ ${MODE} == list || -n ${FROM} ]] || ((${#ONLY[@]} > 0)) || return 0
	local mode=${MODE} word
	MODE=list
	steps
	no_guest
	MODE=${mode}
	for word in "${ONLY[@]}"; do
		[[ " ${NAMES[*]} " == *" ${word} "* ]] || misused "There is no guest ${word} in this plan."
	done
	if [[ -n ${FROM} && " ${STEPS[*]} " != *" ${FROM} "* ]]; then
		misused "There is no step ${FROM} in this run; --list prints them."
	fi
	if [[ ${MODE} == list ]]; then
		for word in "${STEPS[@]}"; do say "${word}"; done
		finish 0
	fi
}

# take_lock: one run at a time. Commands inherit the lock, so that it also waits for one that outlived a killed run.
take_lock() {
	if ! (umask 077 && mkdir -p "${LOG%/*}") || ! mkdir -p "${ROOT}/run/lock"; then
		say "Nothing can be written to ${STATE#"${ROOT}"} or /run/lock; nothing was touched." >&2
		exit 3
	fi
	exec 9>>"${ROOT}/run/lock/phxc.lock"
	if ! flock -w "${WAIT}" 9; then
		say "Another run of a plan holds the lock (/run/lock/phxc.lock), or a command that outlived one." >&2
		exit 5
	fi
}

# begin: from here on, every end is told and tidied up. Only a run that changes something takes the lock.
begin() {
	if [[ -z ${ROOT} && ${EUID} -ne 0 ]]; then
		say 'A plan must be run as root.' >&2
		exit 3
	fi
	checking || take_lock
	if ! WORK=$(mktemp -d); then
		say 'There is no room for temporary files; nothing was touched.' >&2
		exit 3
	fi
	trap 'unexpected "${LINENO}" "$?"' ERR
	trap interrupted INT TERM HUP PIPE
	trap 'finish "$?"' EXIT
	read_secrets
}

# end_preflight: refuses the plan when anything is not as it presupposes.
end_preflight() {
	local text
	PREFLIGHT=0
	((${#PROBLEMS[@]} > 0)) || return 0
	{
		say 'Refused; nothing was touched:'
		for text in "${PROBLEMS[@]}"; do say "  - ${text}"; done
	} >&2
	finish 3
}
