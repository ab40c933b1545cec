# --- Property strings -----------------------------------------------------------------------------

# What Proxmox knows of each option that holds key=value pairs: the key that may stand bare (- if none), then the keys
# that are booleans. Options that are not listed are compared as they are.
declare -rA FORMAT=(
	["vm.agent"]='enabled enabled freeze-fs fstrim_cloned_disks'
	["vm.amd-sev"]='type allow-smt kernel-hashes no-debug no-key-sharing'
	["vm.audio"]='-'
	["vm.boot"]='legacy'
	["vm.cicustom"]='-'
	["vm.cpu"]='cputype hidden'
	["vm.efidisk"]='file pre-enrolled-keys'
	["vm.hostpci"]='host legacy-igd pcie rombar x-vga'
	["vm.ide"]='file backup detect_zeroes replicate shared snapshot ssd'
	["vm.intel-tdx"]='type attestation'
	["vm.ipconfig"]='-'
	["vm.ivshmem"]='-'
	["vm.machine"]='type enable-s3 enable-s4'
	["vm.memory"]='current'
	["vm.net"]='model firewall host-tunnel link_down'
	["vm.numa"]='-'
	["vm.rng"]='source'
	["vm.sata"]='file backup detect_zeroes replicate shared snapshot ssd'
	["vm.scsi"]='file backup detect_zeroes iothread replicate ro scsiblock shared snapshot ssd'
	["vm.smbios"]='- base64'
	["vm.spice_enhancements"]='- foldersharing'
	["vm.startup"]='order'
	["vm.tpmstate"]='file'
	["vm.usb"]='host usb3'
	["vm.vga"]='type'
	["vm.virtio"]='file backup detect_zeroes iothread replicate ro shared snapshot'
	["vm.virtiofs"]='dirid direct-io expose-acl expose-xattr'
	["vm.watchdog"]='model'
	["ct.dev"]='path deny-write'
	["ct.features"]='- force_rw_sys fuse keyctl mknod nesting'
	["ct.mp"]='volume acl backup keepattrs quota replicate ro shared'
	["ct.net"]='- firewall host-managed link_down'
	["ct.rootfs"]='volume acl quota replicate ro shared'
	["ct.startup"]='order'
)
declare -rA ALIAS=(
	["vm.agent.freeze-fs-on-backup"]=freeze-fs
	["vm.agent.guest-fsfreeze"]=freeze-fs
	["vm.efidisk.volume"]=file
	["vm.ide.volume"]=file
	["vm.sata.volume"]=file
	["vm.scsi.volume"]=file
	["vm.tpmstate.volume"]=file
	["vm.virtio.volume"]=file
)
readonly NET_MODELS=' e1000 e1000-82540em e1000-82544gc e1000-82545em e1000e i82551 i82557b i82559er ne2k_isa ne2k_pci pcnet rtl8139 virtio vmxnet3 '

declare -A FORMAT_OF=() # what format_of has found, by "kind.option"

# format_of KIND OPTION: sets REPLY to "kind.family" of a property string, or to nothing.
format_of() {
	REPLY=${FORMAT_OF[$1.$2]-unknown}
	[[ ${REPLY} == unknown ]] || return 0
	REPLY=$2
	[[ ! ${REPLY} =~ ^(.*[^0-9])[0-9]+$ ]] || REPLY=${BASH_REMATCH[1]}
	REPLY="$1.${REPLY}"
	# numa is a boolean, numa0 a property string.
	if [[ $2 == numa || -z ${FORMAT[${REPLY}]-} ]]; then REPLY=''; fi
	FORMAT_OF[$1.$2]=${REPLY}
}

# Options, and families of them, that a running guest takes over at once; all others wait for its next start.
declare -rA AT_ONCE=(
	[vm]=' cicustom cipassword citype ciupgrade ciuser cpulimit cpuunits description hookscript hotplug ide ipconfig lock migrate_downtime migrate_speed name nameserver net onboot protection sata scsi searchdomain shares sshkeys startup tablet tags template unused usb virtio vmstatestorage '
	[ct]=' cores cpulimit cpuunits description hookscript hostname lock memory net onboot protection startup swap tags template unused '
)

# Keys of a drive that a running machine does not take over.
readonly DRIVE_WAITS=' aio cache discard iothread product queues ro ssd vendor '

# waits KIND TEXT: whether a running guest takes a difference (`memory 512 -> 1024`) over only when it starts next.
waits() {
	local option=${2%%[ .]*} name=${2%% *}
	if [[ $1.${option} =~ ^vm\.(scsi|virtio|sata|ide)[0-9]+$ ]]; then
		# Disks on these buses are not plugged while the machine runs.
		[[ ${name} != "${option}" || ${option} != @(sata|ide)[0-9]* ]] || return 0
		[[ ${DRIVE_WAITS} == *" ${name#*.} "* ]]
		return
	fi
	[[ ${AT_ONCE[$1]} != *" ${option} "* && ${AT_ONCE[$1]} != *" ${option%%[0-9]*} "* ]] || return 1
	# What is new is plugged in; what is there is not exchanged.
	[[ ! $1.$2 =~ ^ct\.(mp|dev)[0-9]+\ \(unset\) ]]
}

declare -A PROPS=()
KEYS=() # the keys of PROPS, in the order written

# parse_props FORMAT STRING: reads a property string into PROPS, with aliases resolved, booleans as 1 and 0 and MAC
# addresses in capitals.
parse_props() {
	local format=$1 part key value
	local -a parts=()
	local bare=${FORMAT[$1]%% *} booleans=" ${FORMAT[$1]#* } "
	PROPS=() KEYS=()
	IFS=, read -r -a parts <<<"$2"
	for part in "${parts[@]}"; do
		key=${part%%=*} value=${part#*=}
		if [[ ${part} != *=* || (${bare} == file && ${key} == *:*) ]]; then
			key=${bare}
			value=${part}
		elif [[ ${format} == vm.net && ${NET_MODELS} == *" ${key} "* ]]; then
			PROPS[model]=${key} KEYS+=(model)
			key=macaddr
		fi
		key=${ALIAS[${format}.${key}]-${key}}
		if [[ ${booleans} == *" ${key} "* ]]; then
			case ${value} in
			1 | on | yes | true) value=1 ;;
			0 | off | no | false) value=0 ;;
			*) ;;
			esac
		elif [[ ${key} == macaddr || ${key} == hwaddr ]]; then
			value=${value^^}
		fi
		[[ -n ${key} ]] || continue
		PROPS[${key}]=${value} KEYS+=("${key}")
	done
}

# join_props FORMAT NAME: sets REPLY to the property string of an associative array, the bare key first, the rest sorted.
join_props() {
	local -n joined=$2
	local bare=${FORMAT[$1]%% *} key
	local -a keys=() sorted=()
	REPLY=''
	for key in "${!joined[@]}"; do
		case $1.${key} in
		"$1.${bare}") ;;
		vm.net.macaddr) ;;
		*) keys+=("${key}") ;;
		esac
	done
	if ((${#keys[@]} > 0)); then mapfile -t sorted < <(printf '%s\n' "${keys[@]}" | sort || true); fi
	if [[ -n ${joined[${bare}]+set} ]]; then
		REPLY=${joined[${bare}]}
		[[ $1 != vm.net || -z ${joined[macaddr]-} ]] || REPLY+="=${joined[macaddr]}"
	fi
	for key in "${sorted[@]}"; do
		REPLY+="${REPLY:+,}${key}=${joined[${key}]}"
	done
}

# decoded TEXT: sets REPLY to the text with each %XX decoded, as Proxmox reads it. Any other % stands for itself: Proxmox does not
# encode it when it writes (PVE::Tools::encode_text), so that texts are compared as they are read.
decoded() {
	local rest=$1 text='' char
	while [[ ${rest} =~ %([0-9A-Fa-f]{2}) ]]; do
		printf -v char '%b' "\\x${BASH_REMATCH[1]}"
		text+="${rest%%"${BASH_REMATCH[0]}"*}${char}"
		rest=${rest#*"${BASH_REMATCH[0]}"}
	done
	REPLY=${text}${rest}
}

# same_decoded LIVE WANTED: whether Proxmox reads the one as the other.
same_decoded() {
	local live
	decoded "$1"
	live=${REPLY}
	decoded "$2"
	[[ ${live} == "${REPLY}" ]]
}

# bytes SIZE: sets REPLY to a size as bytes, or to nothing when it is none. K, M, G and T are binary, in either case; a
# fraction is rounded down.
bytes() {
	local -i unit=1 scale=1
	REPLY=''
	[[ ${1^^} =~ ^([0-9]{1,18})(\.([0-9]{1,6})[0-9]*)?([KMGT]?)(I?B)?$ ]] || return 0
	case ${BASH_REMATCH[4]} in
	K) unit=1024 ;;
	M) unit=1048576 ;;
	G) unit=1073741824 ;;
	T) unit=1099511627776 ;;
	*) ;;
	esac
	scale=$((10 ** ${#BASH_REMATCH[3]}))
	REPLY=$((10#${BASH_REMATCH[1]} * unit + 10#0${BASH_REMATCH[3]} * unit / scale))
}

# differ_description TEXT: Proxmox writes it encoded, as lines above the options.
differ_description() {
	! same_decoded "${DESCRIPTION%$'\n'}" "${1%$'\n'}" || return 0
	decoded "${DESCRIPTION%$'\n'}"
	differ description "$1" "${REPLY}" "$1"
}

# place_of OPTION VALUE: sets REPLY to the path inside of a mount, or to the path of a device.
place_of() {
	local key=mp value=",$2,"
	[[ $1 == mp* ]] || key=path
	# Only a device's path may stand bare.
	[[ ${value} == *",${key}="* ]] || value=",${key}=${2},"
	value=${value#*,"${key}"=}
	REPLY=${value%%,*}
}
