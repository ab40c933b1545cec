# --- The largest packets of interfaces -------------------------------------------------------------

# Proxmox writes no file in which a bridge has a larger MTU than a port of it, a VLAN than what it is on, or a card than its bond or its
# bridge of Open vSwitch, and it checks that with each command, not only when all of them are applied. What grows grows from
# below, and what shrinks shrinks from above: the declared order of steps can only be one of the two.
declare -A DECLARED_MTU=() # interfaces -> the MTU that the files say; empty where they take it away
declare -A DECLARED_NET=() # as NET: what preflight finds to change; empty for what is to be removed
declare -A VIEW=()         # as NET: what is looked at
MTU_PAIRS=()               # "A B": of the interfaces of VIEW, A may not have a smaller MTU than B

# note_mtu: for `need_interface`, whose variables it sees: the MTU that the files say of the interface.
note_mtu() {
	local i
	for i in "${without[@]}"; do [[ ${i} != mtu ]] || DECLARED_MTU[${name}]=''; done
	for ((i = 0; i < ${#options[@]}; i += 2)); do
		[[ ${options[i]} != --mtu ]] || DECLARED_MTU[${name}]=${options[i + 1]}
	done
}

# view_network NAME: sets VIEW to what is prepared, and what is declared of this interface, or of all (*).
view_network() {
	local key
	VIEW=()
	for key in "${!NET[@]}"; do VIEW[${key}]=${NET[${key}]}; done
	for key in "${!DECLARED_NET[@]}"; do
		[[ $1 != '*' && ${key%/*} != "$1" ]] || VIEW[${key}]=${DECLARED_NET[${key}]}
	done
}

# wanted_network: for those who have `name`, `options` and `lost`: notes in DECLARED_NET what the interface is to have.
wanted_network() {
	local i
	DECLARED_NET["${name}/iface"]=1
	for ((i = 2; i < ${#options[@]}; i += 2)); do DECLARED_NET["${name}/${options[i]#--}"]=${options[i + 1]}; done
	for i in "${lost[@]}"; do DECLARED_NET["${name}/${i}"]=''; done
}

# find_mtu_pairs: sets MTU_PAIRS to those of VIEW, each once.
find_mtu_pairs() {
	local key name port
	local -a ports=() pairs=()
	for key in "${!VIEW[@]}"; do
		name=${key%/*}
		read -r -a ports <<<"${VIEW[${key}]}"
		for port in "${ports[@]}"; do
			case ${key##*/} in
			bridge_ports)
				# A VLAN that is only named as a port has the MTU of what it is on.
				[[ ${port} != *.* || -n ${VIEW["${port}/iface"]-} ]] || port=${port%.*}
				pairs+=("${port} ${name}")
				;;
			vlan-raw-device) pairs+=("${port} ${name}") ;;
			slaves | ovs_ports | ovs_bonds) pairs+=("${name} ${port}") ;;
			ovs_bridge) [[ ${VIEW["${name}/ovs-type"]-} == OVSPort ]] || pairs+=("${port} ${name}") ;;
			*) ;;
			esac
		done
	done
	MTU_PAIRS=()
	((${#pairs[@]} == 0)) || mapfile -t MTU_PAIRS < <({ printf '%s\n' "${pairs[@]}" | sort -u; } || true)
}

# mtu_fits A B: whether A lets the packets of B pass, as Proxmox sees it: what has no MTU asks for nothing, and lets 1500 pass; a bond lets
# all pass then. Sets REPLY to how much A lets pass. The host's own file may hold anything, and arithmetic of bash runs what is written in
# it: what is no number is not compared.
mtu_fits() {
	local inner=${VIEW["$2/mtu"]-}
	REPLY=${VIEW["$1/mtu"]-}
	[[ -n ${REPLY} || -z ${VIEW["$1/slaves"]+set} ]] || REPLY=65535
	: "${REPLY:=1500}"
	[[ ! ${inner} =~ ^[0-9]+$ || ! ${REPLY} =~ ^[0-9]+$ ]] || ((10#${REPLY} >= 10#${inner}))
}

# need_mtus: for `need_connection`: what is declared and what the host has beside it go together.
need_mtus() {
	local pair over under
	view_network '*'
	find_mtu_pairs
	for pair in "${MTU_PAIRS[@]}"; do
		read -r under over <<<"${pair}"
		mtu_fits "${under}" "${over}" ||
			problem "${over} would have an MTU of ${VIEW["${over}/mtu"]}, and ${under} one of ${REPLY}, which Proxmox does not take: declare \`mtu\` for both"
	done
}

# make_room: for `prepare_interface`, whose variables it sees: interfaces that stand in the way of its MTU get theirs first.
make_room() {
	[[ -n ${DECLARED_MTU[${name}]+set} || " ${options[*]}" =~ \ --(bridge_ports|slaves|ovs_ports|ovs_bonds|ovs_bridge|vlan-raw-device)\  ]] || return 0
	NETWORK_READ=0
	read_network
	leave_owner
	wanted_network
	view_network "${name}"
	find_mtu_pairs
	room_for "${name}"
}

# leave_owner: for `make_room`: takes the interface from the bridge or bond of which it is to be no port any more: that one's MTU is none
# of its business then.
leave_owner() {
	local key
	local -a owners=()
	# What says itself which bridge it is on is in no list of ports that is declared.
	[[ ! ${NET["${name}/ovs-type"]-} =~ ^OVS(Bond|IntPort)$ ]] || return 0
	port_owners '' " ${name} "
	((${#owners[@]} > 0)) || return 0
	key=${owners[0]%% *}
	[[ -n ${DECLARED_NET[${key}]+set} && " ${DECLARED_NET[${key}]} " != *" ${name} "* ]] || return 0
	release_ports '' " ${name} "
	NETWORK_READ=0
	read_network
}

# room_for NAME: gives those interfaces the MTU that is declared for them that do not go together with what VIEW says of this one.
room_for() {
	local pair under over other
	for pair in "${MTU_PAIRS[@]}"; do
		read -r under over <<<"${pair}"
		case $1 in
		"${under}") other=${over} ;;
		"${over}") other=${under} ;;
		*) continue ;;
		esac
		! mtu_fits "${under}" "${over}" || continue
		[[ -n ${DECLARED_MTU[${other}]+set} && ${DECLARED_MTU[${other}]} != "${VIEW["${other}/mtu"]-}" ]] || continue
		VIEW["${other}/mtu"]=${DECLARED_MTU[${other}]}
		room_for "${other}"
		prepare_mtu "${other}"
	done
}

# prepare_mtu NAME: prepares the declared MTU of the interface, and nothing else of it.
prepare_mtu() {
	local line key record="$1 --mtu ${DECLARED_MTU[$1]}" type='eth'
	local -a words=()
	may_change "$1" '' || refuse "${REPLY}; --allow-disconnect does it, and takes it back where the node cannot be reached afterwards"
	# As its own step says it, so that a change that was taken back is known again.
	for line in "${NETWORK_WANTED[@]}"; do [[ ${line%% *} != "$1" ]] || record=${line}; done
	printf '%s\n' "${record}" >>"${STATE}/network/pending" || refuse "no record can be written below ${STATE#"${ROOT}"}"
	for key in bridge_ports:bridge slaves:bond vlan-raw-device:vlan; do
		[[ -z ${NET["$1/${key%:*}"]+set} ]] || type=${key#*:}
	done
	case ${NET["$1/ovs-type"]-} in
	OVSBridge | OVSBond | OVSIntPort) type=${NET["$1/ovs-type"]} ;;
	*) ;;
	esac
	for key in cidr cidr6 ovs_bridge; do
		[[ -z ${NET["$1/${key}"]-} || (${key} == ovs_bridge && ${type} == eth) ]] || words+=("--${key}" "${NET["$1/${key}"]}")
	done
	if [[ -n ${DECLARED_MTU[$1]} ]]; then words+=(--mtu "${DECLARED_MTU[$1]}"); else words+=(--delete mtu); fi
	change '~' "interface $1: mtu ${NET["$1/mtu"]:-(unset)} -> ${DECLARED_MTU[$1]:-(removed)}"
	run pvesh set "/nodes/localhost/network/$1" --type "${type}" "${words[@]}"
}
