# --- Devices of the host, and the restart that the kernel asks for -----------------------------------

# read_card FOLDER: sets CARD_ID, CARD_CLASS and CARD_DRIVER to what the kernel says of a PCI device; to nothing where it does not.
read_card() {
	local line
	CARD_ID='' CARD_CLASS='' CARD_DRIVER=''
	[[ -r $1/uevent ]] || return 0
	while IFS= read -r line; do
		case ${line} in
		PCI_ID=*) CARD_ID=${line#*=} ;;
		PCI_CLASS=*) CARD_CLASS=${line#*=} ;;
		DRIVER=*) CARD_DRIVER=${line#*=} ;;
		*) ;;
		esac
	done <"$1/uevent"
	CARD_ID=${CARD_ID,,}
}

# is_card CARD FOLDER: whether the PCI device that was read last is this one: by vendor and model, or by address; one without a
# function stands for all functions.
is_card() { [[ ${CARD_ID} == "$1" || ${2##*/} == "$1" || ${2##*/} == "$1".? ]]; }

# need_card CARD: the host has this PCI device, and does not need it itself.
need_card() {
	local path there=0
	for path in "${ROOT}"/sys/bus/pci/devices/*; do
		[[ -r ${path}/uevent ]] || continue
		read_card "${path}"
		is_card "$1" "${path}" || continue
		there=1
		[[ ${CARD_DRIVER} == vfio-pci ]] || spare_card "${path##*/}"
	done
	((there == 1)) || problem "there is no PCI device $1; lspci -n prints those that are there"
}

ALLOW_DETACH=0            # 1: machines may get devices on which there is an interface or a disk that this node uses
KERNEL_DEVICES=()         # interfaces and block devices, by their places among the devices of the kernel
BLOCKS_READ=0             # 1: what block devices are used for was read
declare -A ADDRESSED=()   # interfaces that have an address -> 1
declare -A BLOCK_USE=()   # block devices that are in use -> what for
declare -A CARD_LOOKED=() # PCI devices that were looked at -> 1

# spare_card ADDRESS: tells what this node would lose with the PCI device that was read last, once vfio-pci has it.
spare_card() {
	local why
	((ALLOW_DETACH == 0 && ${#ONLY[@]} == 0)) && [[ -z ${CARD_LOOKED[$1]-} ]] || return 0
	CARD_LOOKED[$1]=1
	card_use "$1" || return 0
	why="PCI device $1 (${CARD_ID}) is used by this node, which would be without it after the restart: ${REPLY}. Leave it out of passthrough (where other devices of this model are for machines, name those by addresses), or say --allow-detach"
	if checking; then note "${why}"; else problem "${why}"; fi
}

# own_card ADDRESS GUEST-KEY...: holds the machine back that is to get the PCI device which was read last, where this node uses it:
# Proxmox takes a device from the host when the machine starts, whatever has it. Only what there are interfaces or disks below is
# looked at: mass storage, networks, and what is plugged into serial buses.
own_card() {
	((ALLOW_DETACH == 0)) || return 0
	[[ ${CARD_CLASS} =~ ^[12Cc].{4}$ && -n ${CARD_DRIVER} && ${CARD_DRIVER} != vfio-pci ]] || return 0
	card_use "$1" || return 0
	problem "PCI device $1 (${CARD_ID}) is used by this node, which would be without it when the machine starts: ${REPLY}. Give the machine another one, or say --allow-detach" "${@:2}"
}

# card_use ADDRESS: sets REPLY to what this node uses of a PCI device and of what lies below it; fails where that is nothing.
card_use() {
	local path name why=''
	read_kernel_devices
	for path in "${KERNEL_DEVICES[@]}"; do
		[[ ${path} == */"$1"/* ]] || continue
		name=${path##*/}
		if [[ ${path} == */net/"${name}" ]]; then
			! address_above "${name}" || why+="; interface ${name} ${REPLY}"
		else
			! block_use "${name}" || why+="; disk ${name} ${REPLY}"
		fi
	done
	REPLY=${why#; }
	[[ -n ${why} ]]
}

# read_kernel_devices: reads, once, where interfaces and block devices are, and which interfaces have an address: those that routes of
# the kernel lead to, and those with an address of IPv6 beyond the link.
read_kernel_devices() {
	local name scope
	((${#KERNEL_DEVICES[@]} == 0)) || return 0
	ask readlink -m -- "${ROOT}"/sys/class/{net,block}/* || true
	mapfile -t KERNEL_DEVICES <<<"${REPLY}"
	if [[ -r ${ROOT}/proc/net/route ]]; then
		while read -r name _; do ADDRESSED[${name}]=1; done <"${ROOT}/proc/net/route"
	fi
	[[ -r ${ROOT}/proc/net/if_inet6 ]] || return 0
	while read -r _ _ _ scope _ name; do
		[[ ${scope} == [12]0 ]] || ADDRESSED[${name}]=1
	done <"${ROOT}/proc/net/if_inet6"
}

# address_above INTERFACE: whether the interface, or a bridge, bond or VLAN above it, has an address; sets REPLY to that. Of Open
# vSwitch the kernel does not tell which bridge a port is on: each counts.
address_above() {
	local entry upper
	REPLY='has an address'
	[[ -z ${ADDRESSED[$1]-} ]] || return 0
	for entry in "${ROOT}/sys/class/net/$1"/upper_*; do
		[[ -e ${entry} || -L ${entry} ]] || continue
		upper=${entry##*/upper_}
		REPLY='is a port of Open vSwitch'
		[[ ${upper} != ovs-system ]] || return 0
		address_above "${upper}" || continue
		REPLY="is below ${upper}, which has an address"
		return 0
	done
	return 1
}

# block_use NAME: whether this node uses a disk or partition; sets REPLY to what for.
block_use() {
	local name=$1 entry
	local -a names=()
	read_blocks
	# NVMe with several paths: what is below the controller is one path, and another name stands for all of them.
	[[ ! $1 =~ ^(nvme[0-9]+)c[0-9]+(n[0-9]+)$ ]] || name=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
	names=("${name}")
	if [[ ${name} != "$1" ]]; then
		for entry in "${ROOT}/sys/class/block/${name}"p*; do names+=("${entry##*/}"); done
	fi
	for name in "${names[@]}"; do
		REPLY=${BLOCK_USE[${name}]-}
		[[ -z ${REPLY} ]] || return 0
		for entry in "${ROOT}/sys/class/block/${name}"/holders/*; do
			[[ -e ${entry} || -L ${entry} ]] || continue
			REPLY="is used by ${entry##*/}"
			[[ ! -r ${entry}/dm/name ]] || REPLY="is used by $(<"${entry}/dm/name")"
			return 0
		done
		# Nothing holds it while no volume of its group is active, as those of guests that do not run.
		ask wipefs --no-act --noheadings --output TYPE "${ROOT}/dev/${name}" || continue
		[[ ${REPLY} == *LVM2_member* ]] || continue
		REPLY='is a physical volume of LVM'
		return 0
	done
	return 1
}

# read_blocks: reads, once, which block devices are mounted, swap, or part of a pool.
read_blocks() {
	local device place pool i
	local -a paths=() uses=() words=()
	((BLOCKS_READ == 0)) || return 0
	BLOCKS_READ=1
	while read -r device place _; do
		[[ ${device} == /dev/* ]] || continue
		paths+=("${ROOT}${device}")
		uses+=("is mounted at ${place}")
	done <"${ROOT}/proc/mounts"
	if [[ -r ${ROOT}/proc/swaps ]]; then
		while read -r device _; do
			[[ ${device} == /dev/* ]] || continue
			paths+=("${ROOT}${device}")
			uses+=('is swap')
		done <"${ROOT}/proc/swaps"
	fi
	read_parts
	for pool in "${!ZPOOL_PARTS[@]}"; do
		read -r -a words <<<"${ZPOOL_PARTS[${pool}]//[$'\n|']/ }"
		for device in "${words[@]}"; do
			[[ ${device} == /dev/* ]] || continue
			paths+=("${ROOT}${device}")
			uses+=("is part of the pool ${pool}")
		done
	done
	# Of a btrfs on several disks, /proc/mounts names one.
	for device in "${ROOT}"/sys/fs/btrfs/*/devices/*; do BLOCK_USE[${device##*/}]='is part of a mounted btrfs'; done
	((${#paths[@]} > 0)) && ask readlink -m -- "${paths[@]}" || return 0
	mapfile -t paths <<<"${REPLY}"
	for i in "${!paths[@]}"; do BLOCK_USE[${paths[i]##*/}]=${uses[i]}; done
}

NVIDIA_CARD=1 # 0: the host has no card for the driver of NVIDIA
# need_nvidia_card CARDS: whether the host has a graphics card of NVIDIA that is none of these, which machines get: no card has both.
# Without one the driver is left out; guests that ask for a card are held back by what they ask for.
need_nvidia_card() {
	local path card
	local -a bound=()
	read -r -a bound <<<"$1"
	for path in "${ROOT}"/sys/bus/pci/devices/*; do
		[[ -r ${path}/uevent ]] || continue
		read_card "${path}"
		[[ ${CARD_ID} == 10de:* && ${CARD_CLASS} == 3???? ]] || continue
		for card in "${bound[@]}"; do
			! is_card "${card}" "${path}" || continue 2
		done
		return 0
	done
	NVIDIA_CARD=0
	note 'there is no card of NVIDIA for the driver, which is not installed: none at all, or machines get all of them'
}

declare -A AWAITED=() # guest -> devices that the driver is to make before its turn
# awaited_devices: holds the guest back that has its turn where the driver has not made one of them.
awaited_devices() {
	local path
	local -a paths=()
	! checking || return 0
	read -r -a paths <<<"${AWAITED[${GUEST_KEY}]}"
	for path in "${paths[@]}"; do
		[[ -e ${ROOT}${path} ]] || problem "there is no device ${path}" "${GUEST_KEY}"
	done
}

# loaded_driver: sets REPLY to the version of NVIDIA's driver that is loaded; to nothing where none is.
loaded_driver() {
	driver_version || REPLY=''
}

# nvidia_driver VERSION COMMAND...: installs the driver with COMMAND, unless it is loaded, or was installed and waits for the restart.
nvidia_driver() {
	active || return 0
	((NVIDIA_CARD == 1)) || return 0
	local version=$1 record="${STATE}/nvidia-driver"
	shift
	loaded_driver
	[[ ${REPLY} != "${version}" ]] || return 0
	[[ ! -e ${record} || $(<"${record}") != "${version}" ]] || return 0
	if ! checking; then
		run "${@/#\/var\/lib\/phxc/"${STATE}"}"
		printf '%s\n' "${version}" | write_file "${record}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
	fi
	change '+' "driver of NVIDIA ${version}"
}

# awaited_card CARD: fails, and sets REPLY to the reason, while a PCI device is not with vfio-pci.
awaited_card() {
	local path
	local -a groups=("${ROOT}"/sys/kernel/iommu_groups/*)
	REPLY='the IOMMU is off (VT-d or AMD-Vi in the firmware; on the kernel command line intel_iommu=on for Intel)'
	[[ -e ${groups[0]} ]] || return 1
	for path in "${ROOT}"/sys/bus/pci/devices/*; do
		[[ -r ${path}/uevent ]] || continue
		read_card "${path}"
		if [[ ${CARD_DRIVER} == vfio-pci ]] || ! is_card "$1" "${path}"; then continue; fi
		REPLY="${path##*/} (${CARD_ID}) is with ${CARD_DRIVER:-no driver}, not with vfio-pci"
		return 1
	done
}

# fence [--vfio CARD]... [--without MODULE]... [--line PARAMETER]... [--no-line PARAMETER]... [--nvidia VERSION]: ends the run where
# what was set up holds only after a restart of the host; the next run goes on from here. One that still finds the same after a restart gives up.
fence() {
	active || return 0
	local why='' boot record="${STATE}/fence" asked="$*"
	while (($# > 0)); do
		case $1 in
		--vfio) awaited_card "$2" || why+="; ${REPLY}" ;;
		--without) [[ ! -e ${ROOT}/sys/module/$2 ]] || why+="; the module $2 is loaded" ;;
		--line) awaited_line with "$2" || why+="; ${REPLY}" ;;
		--no-line) awaited_line without "$2" || why+="; ${REPLY}" ;;
		*)
			loaded_driver
			[[ ${REPLY} == "$2" ]] || ((NVIDIA_CARD == 0)) || why+="; the driver of NVIDIA that is loaded is ${REPLY:-none}, not $2"
			;;
		esac
		shift 2
	done
	why=${why#; }
	if [[ -z ${why} ]]; then
		if ! checking && [[ -e ${record} && $(<"${record}") == *" ${asked}" ]]; then rm -f -- "${record}"; fi
		return 0
	fi
	if checking; then
		change '~' "restart of the host: ${why}"
		return 0
	fi
	boot=$(<"${ROOT}/proc/sys/kernel/random/boot_id")
	if [[ -e ${record} && $(<"${record}") == *" ${asked}" && $(<"${record}") != "${boot} "* ]]; then
		# The next run asks for a restart again: by then the cause may have been mended.
		rm -f -- "${record}"
		refuse "the host was restarted since an earlier run asked for it, and still ${why}"
	fi
	printf '%s %s\n' "${boot}" "${asked}" | write_file "${record}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
	say ''
	say "Restart needed: ${why}."
	say 'Restart this host, then run the same script again: it goes on from here. Nothing that comes after this step was done.'
	finish 6
}
