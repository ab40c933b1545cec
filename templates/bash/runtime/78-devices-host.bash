# --- Devices of the host, and the restart that the kernel asks for -----------------------------------

# read_card FOLDER: sets CARD_ID, CARD_CLASS and CARD_DRIVER to what the kernel says of a PCI device.
read_card() {
	local line
	CARD_ID='' CARD_CLASS='' CARD_DRIVER=''
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

# need_card CARD: the host has this PCI device.
need_card() {
	local path
	for path in "${ROOT}"/sys/bus/pci/devices/*; do
		[[ -r ${path}/uevent ]] || continue
		read_card "${path}"
		! is_card "$1" "${path}" || return 0
	done
	problem "there is no PCI device $1; lspci -n prints those that are there"
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
