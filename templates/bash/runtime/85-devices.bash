# --- Devices of the host --------------------------------------------------------------------------

# uevent ADDRESS KEY: sets REPLY to what the kernel says of a PCI device; to nothing where it does not.
uevent() {
	local line
	REPLY=''
	[[ -r ${ROOT}/sys/bus/pci/devices/$1/uevent ]] || return 0
	while IFS= read -r line; do
		if [[ ${line} == "$2="* ]]; then REPLY=${line#*=}; fi
	done <"${ROOT}/sys/bus/pci/devices/$1/uevent"
}

# need_pci ADDRESSES MDEV [GUEST-KEY...]: the PCI devices that one machine gets are there, and nothing that the host uses shares
# an IOMMU group with them: the machine would not start. An address without a function means all functions. MDEV: a type of
# mediated device, for which the host keeps the device itself.
need_pci() {
	local address path mdev=$2
	local -a wanted=() passed=()
	read -r -a wanted <<<"$1"
	shift 2
	for address in "${wanted[@]}"; do
		for path in "${ROOT}/sys/bus/pci/devices/${address}"*; do
			if [[ ! -e ${path} ]]; then
				problem "there is no PCI device ${address}" "$@"
				return 0
			fi
			passed+=("${path##*/}")
			read_card "${path}"
			[[ -n ${mdev} ]] || own_card "${path##*/}" "$@"
			[[ ${CARD_DRIVER} != nvidia || -n ${mdev} ]] ||
				note "PCI device ${address} is with the driver of NVIDIA; the machine takes it away from containers when it starts: name it in passthrough"
			if [[ -n ${mdev} && ! -e ${path}/mdev_supported_types/${mdev} && ! -e ${path}/nvidia ]]; then
				problem "PCI device ${address} offers no mediated device of the type ${mdev}" "$@"
			fi
		done
	done
	[[ -n ${mdev} ]] || need_groups "${passed[*]}" "$@"
}

# need_groups ADDRESSES [GUEST-KEY...]: each of the devices is in an IOMMU group with no device that the host drives. Bridges
# are no obstacle, nor are devices that no driver has.
need_groups() {
	local address group other
	for address in $1; do
		group=''
		for other in "${ROOT}/sys/kernel/iommu_groups"/*/devices/"${address}"; do
			[[ ! -e ${other} ]] || group=${other%/*}
		done
		if [[ -z ${group} ]]; then
			problem "PCI device ${address} is in no IOMMU group: is the IOMMU on, in the firmware and for the kernel (intel_iommu=on)?" "${@:2}"
			continue
		fi
		for other in "${group}"/*; do
			other=${other##*/}
			if [[ " $1 " == *" ${other} "* ]]; then continue; fi
			uevent "${other}" PCI_CLASS
			if [[ ${REPLY} == 604?? ]]; then continue; fi
			uevent "${other}" DRIVER
			case ${REPLY} in
			'' | vfio-pci | pci-stub) ;;
			*) problem "PCI device ${address} shares its IOMMU group with ${other}, which the host uses (${REPLY}): pass that as well, or move the card to another slot" "${@:2}" ;;
			esac
		done
	done
}

# need_usb DEVICE [GUEST-KEY...]: whether a USB device, VENDOR:PRODUCT or BUS-PORT, is plugged in. A machine starts without it.
need_usb() {
	local path vendor product
	for path in "${ROOT}/sys/bus/usb/devices"/*; do
		if [[ ${path##*/} == "$1" ]]; then return 0; fi
		[[ -r ${path}/idVendor && -r ${path}/idProduct ]] || continue
		vendor=$(<"${path}/idVendor")
		product=$(<"${path}/idProduct")
		if [[ "${vendor}:${product}" == "$1" ]]; then return 0; fi
	done
	note "the USB device $1 is not plugged in; the machine that it is for starts without it"
}

# need_mapping TYPE ID [GUEST-KEY...]: the cluster has such a resource mapping, with an entry for this node.
need_mapping() {
	local line id='' exists=0
	local -a lines=()
	[[ -n ${NODE} ]] || return 0
	[[ ! -r ${PVE}/mapping/$1.cfg ]] || mapfile -t lines <"${PVE}/mapping/$1.cfg"
	for line in "${lines[@]}"; do
		if [[ ${line} == [![:space:]]* ]]; then
			id=${line%%[[:space:]]*}
			[[ ${id} != "$2" ]] || exists=1
		elif [[ ${id} == "$2" && ${line} =~ ^[[:space:]]+map[[:space:]]+(.*)$ && ",${BASH_REMATCH[1]}," == *",node=${NODE},"* ]]; then
			return 0
		fi
	done
	if ((exists == 1)); then
		problem "the $1 mapping $2 has no entry for this node" "${@:3}"
	else
		problem "there is no $1 mapping $2; Datacenter, Resource Mappings makes one" "${@:3}"
	fi
}
