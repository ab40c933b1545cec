# --- ZFS: pools and datasets ----------------------------------------------------------------------

declare -A ZFS_VALUE=() ZPOOLS=()
ZPOOLS_READ=0

# zfs_read PROPERTIES DATASET...: reads the properties of all datasets of the plan with one command.
zfs_read() {
	[[ ${MODE} != list ]] || return 0
	local name property value
	# It fails for those that are not there and tells of the others.
	ask zfs get -Hp -o name,property,value "$@" || true
	while IFS=$'\t' read -r name property value; do
		ZFS_VALUE["${name}/${property}"]=${value}
	done <<<"${REPLY}"
}

# zpool_exists NAME
zpool_exists() {
	local name
	if ((ZPOOLS_READ == 0)); then
		ZPOOLS_READ=1
		ask zpool list -H -o name || true
		while read -r name; do [[ -z ${name} ]] || ZPOOLS[${name}]=1; done <<<"${REPLY}"
	fi
	[[ -n ${ZPOOLS[$1]-} ]]
}

# disk_is_empty PATH: sets REPLY to what is on a disk; fails when there is something.
disk_is_empty() {
	ask wipefs --no-act --noheadings --output TYPE "${ROOT}$1" || REPLY=unreadable
	REPLY=${REPLY//$'\n'/, }
	[[ -z ${REPLY} ]]
}

# pool NAME DISKS COMMAND...: creates a pool when it is not there, only on disks that carry no signature of any kind.
pool() {
	active || return 0
	local name=$1 disk
	local -a disks=()
	read -r -a disks <<<"$2"
	shift 2
	! zpool_exists "${name}" || return 0
	if ! checking; then
		for disk in "${disks[@]}"; do
			disk_is_empty "${disk}" || refuse "${disk} is not empty (${REPLY})"
		done
		run "$@"
		ZPOOLS[${name}]=1
	fi
	change '+' "pool ${name}"
}

# dataset zfs create [-o PROPERTY=VALUE]... NAME: creates the dataset, or sets the properties that differ in one call.
dataset() {
	active || return 0
	local name=${!#} pair i
	local -a command=("$@") drift=()
	if [[ -z ${ZFS_VALUE["${name}/type"]-} ]]; then
		checking || run "$@"
		change '+' "dataset ${name}"
		return 0
	fi
	for ((i = 2; i < ${#command[@]} - 1; i += 2)); do
		pair=${command[i + 1]}
		same_property "${pair#*=}" "${ZFS_VALUE["${name}/${pair%%=*}"]-}" || drift+=("${pair}")
	done
	((${#drift[@]} > 0)) || return 0
	checking || run zfs set "${drift[@]}" "${name}"
	for pair in "${drift[@]}"; do
		with_unit "${ZFS_VALUE["${name}/${pair%%=*}"]-(unset)}"
		change '~' "dataset ${name}: ${pair%%=*} ${REPLY} -> ${pair#*=}"
	done
}

# with_unit BYTES: sets REPLY to a number of bytes with the largest unit that fits without a rest; to other text as it is.
with_unit() {
	local unit
	REPLY=$1
	for unit in '' K M G T; do
		[[ ${REPLY} =~ ^[1-9][0-9]{0,17}$ ]] || break
		((REPLY % 1024 == 0)) || break
		REPLY=$((REPLY / 1024))
	done
	REPLY+=${unit}
}

# same_property WANTED LIVE: whether a property has the value. Sizes are read as bytes, where 0 stands for none.
same_property() {
	local size=$1
	case $1/$2 in
	"$1/$1" | gzip/gzip-6 | gzip-6/gzip | zstd/zstd-3 | zstd-3/zstd) return 0 ;;
	*) ;;
	esac
	[[ ${size} != none ]] || size=0
	bytes "${size}"
	[[ -n ${REPLY} && $2 == "${REPLY}" ]]
}
