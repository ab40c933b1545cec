# --- ZFS: pools -----------------------------------------------------------------------------------

declare -A ZPOOLS=()        # pools that are there -> their state
declare -A ZPOOL_VALUE=()   # pool/property -> value
declare -A ZPOOL_PARTS=()   # pool -> what it is made of, a line each: "data mirror DISK DISK"
declare -A ZPOOL_REPLACE=() # pool/disk -> 1: another one is to take its place
declare -A ZPOOLS_MADE=()   # pools that this run made, or would
declare -A REAL_DISK=()     # path of a disk -> the disk's own name, where it was looked up
PARTS_READ=0                # 1: what pools are made of was read

# read_pools PROPERTIES: reads which pools there are, and these properties of theirs.
read_pools() {
	local name property value
	[[ -n ${NODE} ]] || return 0
	if ! ask zpool get -Hp -o name,property,value "$1"; then
		[[ -n ${HUNG} ]] || problem "the properties of the pools cannot be read (does the ZFS of this host know all of them: $1?)"
		return 0
	fi
	while IFS=$'\t' read -r name property value; do
		[[ -n ${name} ]] || continue
		ZPOOLS[${name}]=''
		ZPOOL_VALUE["${name}/${property}"]=${value}
	done <<<"${REPLY}"
}

# read_parts: reads, once, what all pools are made of. A disk that is being replaced, or that a spare stands in for, is told with
# the other one: "data mirror A B|C".
read_parts() {
	local line pool='' role='' indent=0 depth part='' pair=9
	local -a words=()
	((PARTS_READ == 0)) || return 0
	PARTS_READ=1
	ask zpool status -P || return 0
	while IFS= read -r line; do
		if [[ ${line} == '  pool: '* ]]; then
			pool=${line#*: } role=''
		elif [[ ${line} == ' state: '* ]]; then
			ZPOOLS[${pool}]=${line#*: }
		elif [[ ${line} == config:* ]]; then
			role=config
		elif [[ ${line} == errors:* ]]; then
			keep_part
			role=''
		fi
		[[ -n ${role} && ${line} =~ ^$'\t'( *)([^[:space:]].*)$ ]] || continue
		indent=${#BASH_REMATCH[1]}
		read -r -a words <<<"${BASH_REMATCH[2]}"
		depth=$((indent / 2))
		if ((depth < 2)); then keep_part; fi
		if ((depth == 0)); then
			part_role "${words[0]}"
		else
			part_line "${depth}" "${words[@]}"
		fi
	done <<<"${REPLY}"
}

# part_role WORD: the heading of the parts that follow: the pool's own name is that of the data. (The variables of this and
# the next two are those of `read_parts`.)
part_role() {
	case ${role}/$1 in
	config/NAME) ;;
	config/*) role=data ;;
	*/logs) role=log ;;
	*/spares) role=spare ;;
	*) role=$1 ;;
	esac
}

# part_line DEPTH NAME WORD...: one line of the tree: a group, or a disk. A disk that is gone is a number, and its path follows.
part_line() {
	local depth=$1 name=$2
	shift
	[[ " $* " != *' was /'* ]] || name="/${*##* was /}"
	if ((depth <= pair)); then pair=9; fi
	if [[ ${name} =~ ^(replacing|spare)-[0-9]+$ ]]; then
		pair=${depth}
		if ((depth == 1)); then part="${role} disk "; else part+=' '; fi
	elif [[ ${name} == /* || ${name} =~ ^[0-9]+$ ]]; then
		if ((pair < depth)); then
			if [[ ${part} == *' ' ]]; then part+=${name}; else part+="|${name}"; fi
		elif ((depth == 1)); then
			part="${role} disk ${name}"
		else
			part+=" ${name}"
		fi
	elif ((depth == 1)) && [[ ${name} != indirect-* && ${role} != spare ]]; then
		part="${role} ${name%-*}"
	fi
}

# keep_part: the part that was read is complete.
keep_part() {
	[[ -z ${part} ]] || ZPOOL_PARTS[${pool}]+="${part}"$'\n'
	part='' pair=9
}

# zpool_exists NAME
zpool_exists() { [[ -n ${ZPOOLS[$1]+set} ]]; }

# real_disk PATH: sets REPLY to what a disk is compared by: its own name where that was looked up, else its path; of the
# partition that ZFS makes on a whole disk, the disk's.
real_disk() {
	REPLY=${REAL_DISK[$1]-$1}
	REPLY=${REPLY%-part1}
	if [[ ${REPLY} =~ ^(.*/(nvme[0-9]+n[0-9]+|mmcblk[0-9]+|loop[0-9]+|nbd[0-9]+))p1$ || ${REPLY} =~ ^(.*/(s|v|xv|h)d[a-z]+)1$ ]]; then
		REPLY=${BASH_REMATCH[1]}
	fi
}

# look_up_disks PATH...: which disks these paths lead to.
look_up_disks() {
	local i
	local -a real=()
	ask readlink -m -- "${@/#/"${ROOT}"}" || return 0
	mapfile -t real <<<"${REPLY}"
	for ((i = 0; i < $#; i++)); do REAL_DISK[${*:i+1:1}]=${real[i]#"${ROOT}"}; done
}

# part_has PART DISK: whether a disk is in a part of a pool.
part_has() {
	local disk wanted
	local -a disks=()
	real_disk "$2"
	wanted=${REPLY}
	read -r -a disks <<<"${1//|/ }"
	for disk in "${disks[@]:2}"; do
		real_disk "${disk}"
		[[ ${REPLY} != "${wanted}" ]] || return 0
	done
	return 1
}

# same_part DECLARED LIVE: whether two parts of a pool are the same, in whatever order their disks stand.
same_part() {
	local disk
	local -a a=() b=()
	read -r -a a <<<"$1"
	read -r -a b <<<"$2"
	[[ ${#a[@]} -eq ${#b[@]} && ${a[0]} == "${b[0]}" && ${a[1]} == "${b[1]}" ]] || return 1
	for disk in "${a[@]:2}"; do part_has "$2" "${disk}" || return 1; done
}

# compare_parts: pairs the parts of WANTED and THERE off; what has no counterpart stays in MISSING and FURTHER.
compare_parts() {
	local i part
	MISSING=() FURTHER=("${THERE[@]}")
	for part in "${WANTED[@]}"; do
		for i in "${!FURTHER[@]}"; do
			same_part "${part}" "${FURTHER[i]}" || continue
			unset "FURTHER[i]"
			continue 2
		done
		MISSING+=("${part}")
	done
}

# need_pool NAME [--ashift N] [--replace OLD NEW]... {[--add] PART}...: a pool that is there is made of these parts, but for
# those that may be added, and a disk that is to be replaced. One that only must be there has no parts.
need_pool() {
	local pool=$1 ashift='' old='' new='' live
	local -a WANTED=() THERE=() MISSING=() FURTHER=() added=() replace=()
	shift
	while (($# > 0)); do
		case $1 in
		--ashift) ashift=$2 && shift ;;
		--replace) replace+=("$2" "$3") && shift 2 ;;
		--add) added+=("$2") && shift ;;
		*) WANTED+=("$1") ;;
		esac
		shift
	done
	[[ -n ${NODE} ]] || return 0
	if ! zpool_exists "${pool}"; then
		((${#WANTED[@]} > 0)) || problem "there is no pool ${pool}, and no disks are declared to make it of"
		return 0
	fi
	read_parts
	[[ ${ZPOOLS[${pool}]} == ONLINE ]] || note "pool ${pool} is ${ZPOOLS[${pool}]:-in an unknown state}"
	live=${ZPOOL_VALUE["${pool}/ashift"]-}
	[[ -z ${ashift} || ${live:-0} == 0 || ${live} == "${ashift}" ]] ||
		problem "pool ${pool} has ashift ${live}, declared as ${ashift}; it was decided when the pool was made"
	((${#WANTED[@]} > 0)) || return 0
	if [[ -z ${ZPOOL_PARTS[${pool}]-} ]]; then
		[[ -n ${HUNG} ]] || problem "what pool ${pool} is made of cannot be read (zpool status -P)"
		return 0
	fi
	WANTED+=("${added[@]}")
	compare_pool "${pool}"
}

# compare_pool NAME: reports where WANTED and the pool differ, except by `added` and `replace`, and whether the disks for these
# are free. (These variables are those of `need_pool`.)
compare_pool() {
	local i part text disk
	local -a words=()
	mapfile -t THERE <<<"${ZPOOL_PARTS[$1]%$'\n'}"
	compare_parts
	if ((${#MISSING[@]} + ${#FURTHER[@]} > 0)); then
		printf -v text '%s ' "${WANTED[@]}" "${THERE[@]//|/ }" "${replace[@]}"
		read -r -a words <<<"${text}"
		for i in "${!words[@]}"; do [[ ${words[i]} == /* ]] || unset "words[i]"; done
		look_up_disks "${words[@]}"
		for ((i = 0; i < ${#replace[@]}; i += 2)); do will_replace "$1" "${replace[@]:i:2}"; done
		mapfile -t THERE <<<"${ZPOOL_PARTS[$1]%$'\n'}"
		compare_parts
	fi
	for i in "${!MISSING[@]}"; do
		part=${MISSING[i]}
		[[ " ${added[*]} " == *" ${part} "* ]] || continue
		read -r -a words <<<"${part}"
		for disk in "${words[@]:2}"; do free_disk "${disk}" "$1"; done
		unset "MISSING[i]"
	done
	((${#MISSING[@]} + ${#FURTHER[@]} > 0)) || return 0
	printf -v text '%s; ' "${THERE[@]}"
	part=${text%; }
	printf -v text '%s; ' "${WANTED[@]}"
	problem "pool $1 is made of: ${part}; declared: ${text%; }; what a pool is made of is changed only where its block asks for it (add, replace)"
}

# will_replace POOL OLD NEW: compares the pool as if the disk had been replaced.
will_replace() {
	local part disk text=''
	local -a disks=()
	while read -r part; do
		[[ -n ${part} ]] || continue
		if part_has "${part}" "$2" && ! part_has "${part}" "$3"; then
			free_disk "$3" "$1"
			ZPOOL_REPLACE["$1/$2"]=1
			read -r -a disks <<<"${part}"
			part="${disks[0]} ${disks[1]}"
			for disk in "${disks[@]:2}"; do
				if part_has "x x ${disk}" "$2"; then disk+="|$3"; fi
				part+=" ${disk}"
			done
		fi
		text+="${part}"$'\n'
	done <<<"${ZPOOL_PARTS[$1]}"
	ZPOOL_PARTS[$1]=${text}
}

# pool [--inherit PROPERTY]... zpool create [-o PROPERTY=VALUE]... [-O PROPERTY=VALUE]... NAME VDEV...: makes a pool that is not
# there, or sets the properties that differ.
pool() {
	active || return 0
	local name i disk
	local -a pairs=() root=()
	INHERIT=()
	take_inherit "$@"
	shift $((2 * ${#INHERIT[@]}))
	pool_pairs "${@:3}"
	i=$((3 + 2 * (${#pairs[@]} + ${#root[@]})))
	name=${*:i:1}
	if zpool_exists "${name}"; then
		converge_pool "${name}"
		return 0
	fi
	if ! checking; then
		for disk in "${@:i+1}"; do
			[[ ${disk} != /* ]] || ! disk_trouble "${disk}" || refuse "${disk} ${REPLY}"
		done
		run "$@"
	fi
	ZPOOLS[${name}]=ONLINE ZPOOLS_MADE[${name}]=1
	change '+' "pool ${name}"
}

# pool_there [--inherit PROPERTY]... NAME [-o PROPERTY=VALUE]... [-O PROPERTY=VALUE]...: sets the properties that differ of a pool that
# the plan does not make.
pool_there() {
	active || return 0
	local -a pairs=() root=()
	INHERIT=()
	take_inherit "$@"
	shift $((2 * ${#INHERIT[@]}))
	pool_pairs "${@:2}"
	converge_pool "$1"
}

# pool_pairs [-o PROPERTY=VALUE]... [-O PROPERTY=VALUE]... WORD...: adds to `pairs` and `root` of the caller the properties of a pool
# and of its root dataset.
pool_pairs() {
	while (($# > 1)); do
		case $1 in
		-o) pairs+=("$2") ;;
		-O) root+=("$2") ;;
		*) return 0 ;;
		esac
		shift 2
	done
}

# converge_pool NAME: sets those of `pairs` and `root` of the caller that differ: of the pool one by one, of its root dataset in one call.
converge_pool() {
	local pair
	for pair in "${pairs[@]}"; do [[ ${pair} == ashift=* ]] || set_pool "$1" "${pair}"; done
	settle "$1" "pool $1" "${root[@]}"
}

# set_pool NAME PROPERTY=VALUE: sets a property of a pool if it differs. A feature that is enabled stays so.
set_pool() {
	local live=${ZPOOL_VALUE["$1/${2%%=*}"]-}
	! same_property "${2#*=}" "${live}" || return 0
	# Of the place where the list of pools is anyway ZFS says that there is none.
	[[ $2/${live} != cachefile=/etc/zfs/zpool.cache/- ]] || return 0
	if [[ $2 == feature@*=disabled ]]; then
		note "pool $1: ${2%%=*} is ${live} and stays so"
		return 0
	fi
	checking || run zpool set "$2" "$1"
	with_unit "${live:-(unset)}"
	change '~' "pool $1: ${2%%=*} ${REPLY} -> ${2#*=}"
}

# pool_add NAME PART zpool add ...: adds a part to a pool that is there without it.
pool_add() {
	active || return 0
	local pool=$1 part=$2 live
	local -a words=()
	shift 2
	[[ -z ${ZPOOLS_MADE[${pool}]-} ]] || return 0
	while read -r live; do ! same_part "${part}" "${live}" || return 0; done <<<"${ZPOOL_PARTS[${pool}]-}"
	if ! checking; then
		read -r -a words <<<"${part}"
		for live in "${words[@]:2}"; do
			! disk_trouble "${live}" || refuse "${live} ${REPLY}"
		done
		run "$@"
	fi
	change '+' "pool ${pool}: ${part}"
}

# pool_replace NAME OLD NEW zpool replace ...: replaces a disk that is still part of the pool, once.
pool_replace() {
	active || return 0
	local pool=$1 old=$2 new=$3
	shift 3
	[[ -z ${ZPOOLS_MADE[${pool}]-} ]] || return 0
	part_has "x x ${ZPOOL_PARTS[${pool}]//$'\n'/ }" "${old}" || return 0
	if [[ -z ${ZPOOL_REPLACE["${pool}/${old}"]-} ]]; then
		note "pool ${pool}: ${new} is taking the place of ${old}; zpool status says how far it is"
		return 0
	fi
	if ! checking; then
		! disk_trouble "${new}" || refuse "${new} ${REPLY}"
		run "$@"
	fi
	change '~' "pool ${pool}: disk ${old} -> ${new}"
}
