# --- Files, directories, ZFS, storages and images of the host -------------------------------------

# managed_file [--adopt] PATH: makes the file equal to standard input. One that exists and does not begin with our mark
# is somebody else's and is not overwritten, unless --adopt; the first change then keeps a copy.
managed_file() {
	local adopt=0 path content live=''
	if [[ $1 == --adopt ]]; then
		adopt=1
		shift
	fi
	path="${ROOT}$1"
	content=$(cat && printf x)
	content=${content%x}
	active || return 0
	if [[ -e ${path} ]]; then
		live=$(cat -- "${path}" && printf x)
		live=${live%x}
		[[ ${live} != "${content}" ]] || return 0
		if [[ ${live} != '# Managed by phxc:'* ]]; then
			foreign_file "$1" "${adopt}" || return 0
		fi
	fi
	if checking; then
		change '~' "write $1"
		return 0
	fi
	mkdir -p -- "${path%/*}"
	printf '%s' "${content}" | write_file "${path}" || refuse "$1 cannot be written"
	change '~' "wrote $1"
}

# foreign_file PATH ADOPT: what to do with a file that is not ours.
foreign_file() {
	if (($2 == 0)); then
		if [[ -n ${GUEST_KEY} ]]; then
			hold "$1 exists and was not made by phxc; remove it or declare adopt = true"
		else
			refuse "$1 exists and was not made by phxc"
		fi
		return 1
	fi
	checking && return 0
	mkdir -p "${STATE}/backup"
	cp -n -- "${ROOT}$1" "${STATE}/backup/${1//\//_}"
}

# directory PATH [OWNER]: the directory exists, and belongs to OWNER (uid:gid as the host sees them).
directory() {
	active || return 0
	local path="${ROOT}$1" owner=''
	if [[ ! -d ${path} ]]; then
		if [[ -e ${path} ]]; then
			hold "$1 is not a directory"
			return 0
		fi
		if checking; then
			change '+' "make directory $1"
			return 0
		fi
		run mkdir -p -- "${path}"
		change '+' "made directory $1"
	fi
	[[ -n ${2-} ]] || return 0
	owner=$(stat -c '%u:%g' -- "${path}")
	[[ ${owner} != "$2" ]] || return 0
	if checking; then
		change '~' "owner of $1: ${owner} -> $2"
		return 0
	fi
	run chown "$2" -- "${path}"
	change '~' "owner of $1: ${owner} -> $2"
}

declare -A ZFS_VALUE=() ZPOOLS=()
ZPOOLS_READ=0

# zfs_read PROPERTIES DATASET...: reads the properties of all datasets of the plan with one command.
zfs_read() {
	local name property value
	while IFS=$'\t' read -r name property value; do
		ZFS_VALUE["${name}/${property}"]=${value}
	done < <(zfs get -Hp -o name,property,value "$@" </dev/null 2>/dev/null || true)
}

# zpool_exists NAME
zpool_exists() {
	local name
	if ((ZPOOLS_READ == 0)); then
		ZPOOLS_READ=1
		while read -r name; do ZPOOLS[${name}]=1; done < <(zpool list -H -o name </dev/null 2>/dev/null || true)
	fi
	[[ -n ${ZPOOLS[$1]-} ]]
}

# disk_is_empty PATH: sets REPLY to what is on a disk; fails when there is something.
disk_is_empty() {
	REPLY=$(wipefs --no-act --noheadings -o TYPE "${ROOT}$1" </dev/null 2>&1) || REPLY=${REPLY:-unreadable}
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
	if checking; then
		change '+' "create pool ${name}"
		return 0
	fi
	for disk in "${disks[@]}"; do
		disk_is_empty "${disk}" || refuse "${disk} is not empty (${REPLY})"
	done
	run "$@"
	ZPOOLS[${name}]=1
	change '+' "created pool ${name}"
}

# dataset zfs create [-o PROPERTY=VALUE]... NAME: creates the dataset, or sets the properties that differ in one call.
dataset() {
	active || return 0
	local name=${!#} pair wanted live i
	local -a command=("$@") drift=()
	if [[ -z ${ZFS_VALUE["${name}/type"]-} ]]; then
		if checking; then
			change '+' "create dataset ${name}"
			return 0
		fi
		run "$@"
		ZFS_VALUE["${name}/type"]=filesystem
		change '+' "created dataset ${name}"
		return 0
	fi
	for ((i = 2; i < ${#command[@]} - 1; i += 2)); do
		pair=${command[i + 1]}
		live=${ZFS_VALUE["${name}/${pair%%=*}"]-}
		wanted=${pair#*=}
		[[ ${wanted} != none ]] || wanted=0
		bytes "${wanted}"
		[[ ${live} == "${pair#*=}" || ${live} == "${REPLY}" ]] || drift+=("${pair}")
	done
	((${#drift[@]} > 0)) || return 0
	checking || run zfs set "${drift[@]}" "${name}"
	for pair in "${drift[@]}"; do
		change '~' "dataset ${name}: ${pair%%=*} ${ZFS_VALUE["${name}/${pair%%=*}"]-(unset)} -> ${pair#*=}"
	done
}

# same_set A B: whether two comma-separated lists hold the same words.
same_set() {
	local a b
	a=$(tr ',' '\n' <<<"$1" | sort -u)
	b=$(tr ',' '\n' <<<"$2" | sort -u)
	[[ ${a} == "${b}" ]]
}

# storage pvesm add TYPE ID --OPTION VALUE...: defines the storage, or sets the options that differ. Where it lies (pool,
# path, server, export) cannot be changed; a difference there is refused.
storage() {
	active || return 0
	local type=$3 id=$4 option live
	local -a options=("${@:5}") drift=()
	if [[ -z ${STORAGE_TYPE[${id}]-} ]]; then
		if checking; then
			change '+' "define storage ${id}"
			return 0
		fi
		run "$@"
		read_storages
		change '+' "defined storage ${id}"
		return 0
	fi
	[[ ${STORAGE_TYPE[${id}]} == "${type}" ]] || refuse "storage ${id} is of type ${STORAGE_TYPE[${id}]}, declared as ${type}"
	while ((${#options[@]} > 0)); do
		option=${options[0]#--}
		live=${STORAGE_OPTION["${id}/${option}"]-}
		if [[ ${option} == content ]]; then
			same_set "${live}" "${options[1]}" || drift+=("${options[@]:0:2}")
		elif [[ ${live:-0} != "${options[1]}" ]]; then
			case ${option} in
			path | pool | server | export | share | thinpool | vgname)
				refuse "storage ${id} has ${option} ${live}, declared as ${options[1]}; Proxmox cannot change it"
				;;
			*) drift+=("${options[@]:0:2}") ;;
			esac
		fi
		options=("${options[@]:2}")
	done
	storage_set "${id}" "${drift[@]}"
}

# storage_set ID --OPTION VALUE...
storage_set() {
	local id=$1 option
	shift
	(($# > 0)) || return 0
	checking || run pvesm set "${id}" "$@"
	while (($# > 0)); do
		option=${1#--}
		change '~' "storage ${id}: ${option} ${STORAGE_OPTION["${id}/${option}"]:-(unset)} -> $2"
		shift 2
	done
	checking || read_storages
}

# image PATH SHA256 COMMAND...: fetches a file that is not there. A download goes beside its place (the command writes
# PATH.part), is verified when a checksum is declared, and is then renamed.
image() {
	active || return 0
	local path=$1 sum=$2 live
	shift 2
	[[ ! -s ${ROOT}${path} ]] || return 0
	if checking; then
		change '+' "fetch ${path}"
		return 0
	fi
	if [[ $1 != wget ]]; then
		run "$@"
	else
		mkdir -p -- "${ROOT}${path%/*}"
		run wget -nv -O "${ROOT}${path}.part" "${!#}"
		if [[ -n ${sum} ]]; then
			live=$(sha256sum -- "${ROOT}${path}.part")
			[[ ${live%% *} == "${sum}" ]] || refuse "the checksum of what was downloaded for ${path} is ${live%% *}, declared as ${sum}"
		fi
		mv -f -- "${ROOT}${path}.part" "${ROOT}${path}"
	fi
	[[ -s ${ROOT}${path} ]] || failed 0 "$@"
	change '+' "fetched ${path}"
}

# unless PROBE-WORDS PROBE... COMMAND...: for plugins. Runs COMMAND when PROBE (that many words) fails.
unless() {
	active || return 0
	local -i count=$1 after=$1+1
	shift
	! "${@:1:count}" </dev/null >/dev/null 2>&1 || return 0
	act_on "${@:after}"
}

# unless_says TEXT PROBE-WORDS PROBE... COMMAND...: the same, when PROBE does not print TEXT.
unless_says() {
	active || return 0
	local text=$1 live
	local -i count=$2 after=$2+1
	shift 2
	live=$("${@:1:count}" </dev/null 2>/dev/null) || live=''
	[[ ${live} != "${text}" ]] || return 0
	act_on "${@:after}"
}

# act_on COMMAND...
act_on() {
	checking || run "$@"
	change '~' "${*@Q}"
}
