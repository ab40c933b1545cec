# --- ZFS: datasets and volumes --------------------------------------------------------------------

declare -A ZFS_VALUE=()  # dataset/property -> value
declare -A ZFS_SOURCE=() # dataset/property -> where that comes from
INHERIT=()               # properties that nobody is to have set, for `settle`
readonly ZFS_DECIDED=' casesensitivity encryption keyformat normalization pbkdf2iters utf8only version volblocksize '

# take_inherit [--inherit PROPERTY]... WORD...: sets INHERIT to the properties.
take_inherit() {
	INHERIT=()
	while [[ $1 == --inherit ]]; do
		INHERIT+=("$2")
		shift 2
	done
}

# read_datasets PROPERTIES DATASET...: reads the properties of all datasets of the plan with one command.
read_datasets() {
	local name property value source code=0
	[[ -n ${NODE} ]] || return 0
	# It fails for those that are not there and tells of the others.
	ask zfs get -Hp -o name,property,value,source "$@" || code=$?
	if ((code > 1)) && [[ -z ${HUNG} ]]; then
		problem "the properties of the datasets cannot be read (does the ZFS of this host know all of them: $1?)"
	fi
	while IFS=$'\t' read -r name property value source; do
		[[ -n ${name} ]] || continue
		ZFS_VALUE["${name}/${property}"]=${value}
		ZFS_SOURCE["${name}/${property}"]=${source}
	done <<<"${REPLY}"
}

# need_empty DATASET PATH: a dataset that is not there yet, or mounted elsewhere or nowhere, finds nothing at its place: ZFS would
# mount it over that, and what guests have there would be gone from sight. Empty directories may be those that others are mounted on.
need_empty() {
	local entry path="${ROOT}$2" stays=0
	[[ -n ${NODE} ]] || return 0
	if [[ -n ${ZFS_VALUE["$1/type"]-} && ${ZFS_VALUE["$1/mountpoint"]-$2} == "$2" ]]; then stays=1; fi
	((stays == 0)) || [[ ${ZFS_VALUE["$1/mounted"]-} == no ]] || return 0
	for entry in "${path}"/* "${path}"/.[!.]*; do
		[[ -e ${entry} || -L ${entry} ]] || continue
		((stays == 0)) || ! empty_directory "${entry}" || continue
		problem "$2 is not empty (${entry##*/}); the dataset $1 would be mounted over it and hide what is there: move it away first"
		return 0
	done
}

# empty_directory PATH: whether it is an empty directory.
empty_directory() {
	local entry
	[[ -d $1 && ! -L $1 ]] || return 1
	for entry in "$1"/* "$1"/.[!.]*; do [[ ! -e ${entry} && ! -L ${entry} ]] || return 1; done
}

# dataset [--key SECRET] [--inherit PROPERTY]... [--auto] zfs create [-s] [-V SIZE] [-o PROPERTY=VALUE]... NAME: creates the dataset or the volume, or sets
# the properties that differ in one call. A volume grows, and is never shrunk. --auto: what a volume may need is kept free for it, as
# it is for a new one, of which ZFS does not take the word.
dataset() {
	active || return 0
	local name=${!#} type=filesystem size='' key='' i live
	local -a pairs=()
	if [[ $1 == --key ]]; then
		key=$2
		shift 2
	fi
	take_inherit "$@"
	shift $((2 * ${#INHERIT[@]}))
	if [[ $1 == --auto ]]; then
		pairs=(refreservation=auto)
		shift
	fi
	for ((i = 3; i < $#; i++)); do
		case ${*:i:1} in
		-V) type=volume && size=${*:i+1:1} ;;
		-o) [[ ${*:i+1:1} == keylocation=* ]] || pairs+=("${@:i+1:1}") ;;
		*) continue ;;
		esac
		i=$((i + 1))
	done
	live=${ZFS_VALUE["${name}/type"]-}
	if [[ -z ${live} ]]; then
		checking || with_key "${key}" "$@"
		change '+' "dataset ${name}"
		return 0
	fi
	[[ ${live} == "${type}" ]] || refuse "${name} is a ${live} and declared as a ${type}"
	if [[ -n ${size} ]]; then
		bytes "${size}"
		live=${ZFS_VALUE["${name}/volsize"]-0}
		if ((REPLY > live)); then
			pairs+=("volsize=${size}")
		elif ((REPLY < live)); then
			with_unit "${live}"
			note "volume ${name} has ${REPLY}, more than the declared ${size}; it is never shrunk"
		fi
	fi
	settle "${name}" "dataset ${name}" "${pairs[@]}"
	[[ -z ${key} ]] || load_key "${name}" "${key}"
	[[ ${type} == volume ]] || mount_again "${name}" "${pairs[@]}"
}

# mount_again DATASET PROPERTY=VALUE...: mounts a dataset that is to be mounted and is not, as one is whose creation was cut off
# before its mounting. One that was not to be mounted before, ZFS mounts itself as soon as it gets a place.
mount_again() {
	local name=$1 pair canmount=${ZFS_VALUE["$1/canmount"]-} at=${ZFS_VALUE["$1/mountpoint"]-}
	mountable "${name}" || return 0
	for pair in "${@:2}"; do
		case ${pair} in
		canmount=*) canmount=${pair#*=} ;;
		mountpoint=*) at=${pair#*=} ;;
		*) ;;
		esac
	done
	[[ ${canmount} == on && ${at} == /* ]] || return 0
	mount_above "${name%/*}" "${at}"
	mount_one "${name}"
}

# mountable DATASET: whether a dataset has a place, and its key where it needs one, and is not mounted.
mountable() {
	[[ ${ZFS_VALUE["$1/mounted"]-} == no && ${ZFS_VALUE["$1/mountpoint"]-} == /* ]] &&
		[[ ${ZFS_VALUE["$1/keystatus"]--} != unavailable ]]
}

# mount_above DATASET PATH: mounts first what a dataset with this mount point lies in, from the top: mounted later it would hide it.
mount_above() {
	[[ $1 != */* ]] || mount_above "${1%/*}" "$2"
	mountable "$1" && [[ ${ZFS_VALUE["$1/canmount"]-} == on && $2 == "${ZFS_VALUE["$1/mountpoint"]}"/* ]] || return 0
	mount_one "$1"
}

# mount_one DATASET
mount_one() {
	checking || run zfs mount "$1"
	ZFS_VALUE["$1/mounted"]=yes
	change '~' "dataset $1: mounted"
}

# with_key SECRET COMMAND...: runs a command that reads a key from its standard input, where there is one.
with_key() {
	local INPUT=${INPUT} reference=$1
	shift
	if [[ -n ${reference} ]]; then
		secret "${reference}"
		INPUT="${WORK}/key"
		(umask 077 && printf '%s\n' "${REPLY%%$'\n'*}" >"${INPUT}")
	fi
	run "$@"
	[[ -z ${reference} ]] || rm -f -- "${INPUT}"
}

# load_key DATASET SECRET: loads the key of a dataset that is locked. It, and those of the plan that use the same key, can then be mounted.
load_key() {
	local key
	[[ ${ZFS_VALUE["$1/keystatus"]--} == unavailable ]] || return 0
	checking || with_key "$2" zfs load-key "$1"
	change '~' "dataset $1: key loaded"
	for key in "${!ZFS_VALUE[@]}"; do
		[[ ${key}=${ZFS_VALUE[${key}]} != */"encryptionroot=$1" ]] || ZFS_VALUE["${key%/*}/keystatus"]=available
	done
}

# settle NAME WHAT PROPERTY=VALUE...: sets those properties of a dataset that differ in one call, and takes those of INHERIT back
# that somebody set there.
settle() {
	local name=$1 what=$2 pair property live
	local -a drift=()
	shift 2
	for pair in "$@"; do
		property=${pair%%=*}
		live=${ZFS_VALUE["${name}/${property}"]-}
		! same_property "${pair#*=}" "${live}" "${property}" || continue
		# What a volume may need is its size and the metadata for it: a number above the size.
		if [[ ${pair} == refreservation=auto ]] && ((${live:-0} > ${ZFS_VALUE["${name}/volsize"]:-0})); then continue; fi
		if [[ ${ZFS_DECIDED} == *" ${property} "* ]]; then
			note "${what}: ${property} is ${live}, declared as ${pair#*=}; it was decided when it was made"
		else
			drift+=("${pair}")
		fi
	done
	((${#drift[@]} == 0)) || checking || run zfs set "${drift[@]}" "${name}"
	for pair in "${drift[@]}"; do
		with_unit "${ZFS_VALUE["${name}/${pair%%=*}"]-(unset)}"
		change '~' "${what}: ${pair%%=*} ${REPLY} -> ${pair#*=}"
	done
	for property in "${INHERIT[@]}"; do
		[[ ${ZFS_SOURCE["${name}/${property}"]-} =~ ^(local|received)$ ]] || continue
		checking || run zfs inherit "${property}" "${name}"
		with_unit "${ZFS_VALUE["${name}/${property}"]-}"
		change '~' "${what}: ${property} ${REPLY} -> (inherited)"
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

# same_property WANTED LIVE [PROPERTY]: whether a property has the value. Sizes are read as bytes, where 0 stands for none, which
# it does not in a number of things; some values have two names, of which ZFS says one.
same_property() {
	local size=$1
	case $1/$2 in
	"$1/$1" | gzip/gzip-6 | gzip-6/gzip | zstd/zstd-3 | zstd-3/zstd | zstd-fast/zstd-fast-1 | zstd-fast-1/zstd-fast) return 0 ;;
	enabled/active | posix/posixacl | posixacl/posix | noacl/off | secure/restricted | geom/full | full/geom) return 0 ;;
	none/18446744073709551615 | current/5 | on/aes-256-gcm) return 0 ;;
	sa/on) on_is_sa && return 0 ;;
	dir/on) on_is_sa || return 0 ;;
	*) ;;
	esac
	[[ ${size} != none || ${3-} == *_limit ]] || size=0
	bytes "${size}"
	[[ -n ${REPLY} && $2 == "${REPLY}" ]]
}

# on_is_sa: whether `on` stands for `sa` as a value of xattr: from OpenZFS 2.3 on; before, for `dir`.
on_is_sa() {
	local version=''
	[[ ! -r ${ROOT}/sys/module/zfs/version ]] || read -r version <"${ROOT}/sys/module/zfs/version"
	[[ ${version} =~ ^([0-9]+)\.([0-9]+) ]] && ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 203))
}

# zfs_parameter NAME VALUE [OTHER]: the most or the least of the cache of the ZFS module that runs; OTHER is what is declared of the other
# one. A module that is not loaded takes its own from the file. The kernel keeps a number that contradicts the other limit, and goes by
# the one before; what it takes by now is written again.
zfs_parameter() {
	active || return 0
	local path="${ROOT}/sys/module/zfs/parameters/$1" live='' reason LEAST='' MOST='' MEMORY=''
	other_lines "$1" "$2"
	[[ -e ${path} ]] || return 0
	read -r live <"${path}" || true
	read_limits
	limit_ignored "$@"
	reason=${REPLY}
	if [[ -n ${reason} ]]; then
		note "the kernel ignores $1 = $2: ${reason}"
	elif [[ ${live} == "$2" ]]; then
		if [[ $1 == zfs_arc_max ]]; then live=${MOST:-$2}; else live=${LEAST:-$2}; fi
	fi
	[[ ${live} != "$2" ]] || return 0
	checking || printf '%s\n' "$2" >"${path}" || refuse "the kernel does not take $1 = $2"
	change '~' "$1: ${live} -> $2"
}

# read_limits: sets LEAST and MOST to the limits of the cache that are in force, and MEMORY to that of the host; all in bytes, and
# empty where the kernel does not say.
read_limits() {
	local name value rest
	if [[ -r ${ROOT}/proc/spl/kstat/zfs/arcstats ]]; then
		while read -r name rest value; do
			case ${name} in
			c_min) LEAST=${value} ;;
			c_max) MOST=${value} ;;
			*) ;;
			esac
		done <"${ROOT}/proc/spl/kstat/zfs/arcstats"
	fi
	[[ -r ${ROOT}/proc/meminfo ]] || return 0
	while read -r name value rest; do
		[[ ${name} != MemTotal: ]] || MEMORY=$((value * 1024))
	done <"${ROOT}/proc/meminfo"
}

# limit_ignored NAME VALUE [OTHER]: sets REPLY to the reason why the kernel ignores this limit, to nothing where it does not.
limit_ignored() {
	local other=${3-}
	REPLY=''
	if [[ $1 == zfs_arc_min ]]; then
		other=${other:-${MOST}}
		[[ -n ${other} ]] && (($2 > other)) || return 0
		with_unit "${other}"
		REPLY="it is above the most that the cache takes, ${REPLY}; declare \`arc_max\` above it"
	elif [[ -n ${MEMORY} ]] && (($2 >= MEMORY)); then
		with_unit "${MEMORY}"
		REPLY="it is not below the memory of the host, ${REPLY}"
	else
		other=${other:-${LEAST}}
		[[ -n ${other} ]] && (($2 <= other)) || return 0
		with_unit "${other}"
		REPLY="it is not above the least that the cache keeps, ${REPLY}; declare \`arc_min\` below it"
	fi
}

# other_lines NAME VALUE: tells of lines of others that give the parameter another value: of two the kernel takes the last.
other_lines() {
	local path line ours
	for path in "${ROOT}"/etc/modprobe.d/*.conf; do
		[[ -r ${path} ]] || continue
		ours=0
		while IFS= read -r line || [[ -n ${line} ]]; do
			case ${line} in
			'# phxc begin zfs') ours=1 ;;
			'# phxc end zfs') ours=0 ;;
			*)
				[[ ${ours}${line} =~ ^0[[:blank:]]*options[[:blank:]]+zfs([[:blank:]].*)?[[:blank:]]$1=([^[:blank:]]*) ]] || continue
				[[ ${BASH_REMATCH[2]} == "$2" ]] ||
					note "${path#"${ROOT}"} sets $1 to ${BASH_REMATCH[2]}, and the plan to $2: at the next start the later of these lines counts"
				;;
			esac
		done <"${path}"
	done
}
