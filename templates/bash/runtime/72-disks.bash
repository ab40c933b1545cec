# --- ZFS: disks for pools --------------------------------------------------------------------------

declare -A DISK_GIVEN=() # a disk's own name -> "PATH (pool NAME)" that is to get it

# need_disk POOL PATH: a disk for a pool that does not exist yet is free.
need_disk() {
	zpool_exists "$1" || [[ -z ${NODE} ]] || free_disk "$2" "$1"
}

# free_disk PATH POOL: reports a disk that cannot be given to a pool, or that is to be given away twice, by whatever paths.
free_disk() {
	local given="$1 (pool $2)"
	if disk_trouble "$1"; then
		problem "disk $1 ${REPLY} (pool $2)"
	elif [[ -n ${DISK_GIVEN[${REPLY}]-} && ${DISK_GIVEN[${REPLY}]} != "${given}" ]]; then
		problem "disk $1 is the same disk as ${DISK_GIVEN[${REPLY}]} (pool $2)"
	else
		DISK_GIVEN[${REPLY}]=${given}
	fi
}

# guest_with NAME...: sets REPLY to a guest whose configuration names one of these block devices, whatever the path; fails when
# there is none. Nothing else tells of them: QEMU opens a disk in a way that lets others have it, too.
guest_with() {
	local file line i
	local -a files=("${PVE}"/local/{qemu-server,lxc}/*.conf) paths=() guests=() real=()
	for file in "${files[@]}"; do
		[[ -r ${file} ]] || continue
		while IFS= read -r line || [[ -n ${line} ]]; do
			[[ ${line} =~ ^[a-z]+[0-9]*:[[:space:]]*((file|volume|path)=)?(/dev/[^,]+) ]] || continue
			paths+=("${ROOT}${BASH_REMATCH[3]}")
			file=${file##*/}
			guests+=("${file%.conf}")
		done <"${file}"
	done
	((${#paths[@]} > 0)) && ask readlink -m -- "${paths[@]}" || return 1
	mapfile -t real <<<"${REPLY}"
	for i in "${!real[@]}"; do
		REPLY=${guests[i]}
		[[ " $* " != *" ${real[i]##*/} "* ]] || return 0
	done
	return 1
}

# disk_trouble PATH: sets REPLY to what speaks against giving the disk to a pool; fails when nothing does, with the disk's own
# name. Only a whole disk that nothing uses, and that carries no signature of any kind, nor do its partitions, is given to one.
disk_trouble() {
	local real name sys entry device rest
	local -a parts=()
	REPLY='is not there'
	[[ -e ${ROOT}$1 ]] || return 0
	ask readlink -f -- "${ROOT}$1" || return 0
	real=${REPLY} name=${REPLY##*/} sys="${ROOT}/sys/class/block/${REPLY##*/}"
	REPLY='is no disk'
	[[ -d ${sys} ]] || return 0
	REPLY='is a partition; a pool takes whole disks'
	[[ ! -e ${sys}/partition ]] || return 0
	for entry in "${sys}/${name}"*/partition; do
		device=${entry%/partition}
		[[ ! -e ${entry} ]] || parts+=("${device##*/}")
	done
	for entry in "${sys}"/holders/* "${sys}/${name}"*/holders/*; do
		REPLY="is used by ${entry##*/}"
		[[ ! -e ${entry} ]] || return 0
	done
	while read -r device rest; do
		REPLY="is in use (${rest%% *})"
		[[ " ${name} ${parts[*]} " != *" ${device##*/} "* || ${device} != /dev/* ]] || return 0
	done < <(cat "${ROOT}/proc/mounts" "${ROOT}/proc/swaps" 2>/dev/null || true)
	if guest_with "${name}" "${parts[@]}"; then
		REPLY="belongs to guest ${REPLY}"
		return 0
	fi
	ask wipefs --no-act --noheadings --output TYPE "${ROOT}$1" "${parts[@]/#/"${real%/*}/"}" || REPLY=unreadable
	rest=''
	for entry in ${REPLY}; do [[ ", ${rest}, " == *", ${entry}, "* ]] || rest+="${rest:+, }${entry}"; done
	REPLY=${name}
	[[ -n ${rest} ]] || return 1
	REPLY="is not empty (${rest}); a pool is never made on it"
}
