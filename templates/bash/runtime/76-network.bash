# --- The network of the node ----------------------------------------------------------------------

# Proxmox keeps changes of the network in interfaces.new until they are applied. It tells nobody whose they are: what this script
# writes there is named in a record, and what is there without one is somebody else's and is neither changed nor applied.
# An application is taken back by itself where the node cannot be reached any more: by this script, and by a timer of
# systemd in case that it does not live to see it.
INTERFACES=/etc/network/interfaces
ALLOW_DISCONNECT=0           # 1: interfaces that carry the address of the node may be changed
NETWORK_READ=0               # 1: the files have been read
declare -A NET=()            # interface/option, by the names of Proxmox's API -> value; interface/iface -> 1
declare -A DECLARED_PORTS=() # interfaces of which the files say what is on them -> 1
BOND_MODES=(balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb balance-alb)

# read_interfaces PATH: sets NET to what a file of interfaces says.
read_interfaces() {
	local line key rest name='' family word
	local -a words=()
	NET=()
	[[ -e ${ROOT}$1 ]] || return 0
	while IFS= read -r line || [[ -n ${line} ]]; do
		read -r key rest <<<"${line}" || true
		case ${key} in
		auto)
			name=''
			read -r -a words <<<"${rest}"
			for word in "${words[@]}"; do NET["${word}/autostart"]=1; done
			;;
		iface)
			read -r name family word <<<"${rest}" || true
			NET["${name}/iface"]=1
			if [[ ${family-} == inet6 ]]; then NET["${name}/method6"]=${word-}; else NET["${name}/method"]=${word-}; fi
			[[ ${name} != *.* ]] || NET["${name}/vlan-raw-device"]=${name%.*}
			;;
		'' | source* | mapping | allow-* | no-auto-down | no-scripts | template) name='' ;;
		'#'*) [[ -z ${name} ]] || NET["${name}/comments"]+="${NET["${name}/comments"]+ }${line#*#}" ;;
		*) [[ -z ${name} ]] || read_interface_option "${name}" "${family:-inet}" "${key}" "${rest}" ;;
		esac
	done <"${ROOT}$1"
}

# read_interface_option NAME FAMILY KEY VALUE: one line of an interface.
read_interface_option() {
	local option=${3//_/-} suffix=''
	[[ $2 != inet6 ]] || suffix=6
	case ${option} in
	address) NET["$1/cidr${suffix}"]=$4 ;;
	netmask)
		prefix_of "$4"
		[[ ${NET["$1/cidr${suffix}"]-} == */* ]] || NET["$1/cidr${suffix}"]+=/${REPLY}
		;;
	gateway) NET["$1/gateway${suffix}"]=$4 ;;
	ovs-ports | ovs-bonds | ovs-bridge) NET["$1/${option//-/_}"]=$4 ;;
	ovs-options) read_switch_options "$1" "$4" ;;
	ovs-mtu) NET["$1/mtu"]=$4 ;;
	slaves | bond-slaves) NET["$1/slaves"]=${4/#none/} ;;
	bridge-ports) NET["$1/bridge_ports"]=${4/#none/} ;;
	bridge-vlan-aware) NET["$1/bridge_vlan_aware"]=1 ;;
	bond-mode)
		NET["$1/bond_mode"]=$4
		[[ ! $4 =~ ^[0-6]$ ]] || NET["$1/bond_mode"]=${BOND_MODES[$4]}
		;;
	bridge-vids | bond-xmit-hash-policy) NET["$1/${option//-/_}"]=$4 ;;
	*) NET["$1/${option}"]=$4 ;;
	esac
}

# read_switch_options NAME TEXT: what Open vSwitch is told of a port; its VLAN tag and the mode of a bond are options of Proxmox's own.
read_switch_options() {
	local word lacp=''
	local -a words=()
	read -r -a words <<<"$2"
	for word in "${words[@]}"; do
		case ${word} in
		tag=*) NET["$1/ovs_tag"]=${word#*=} ;;
		bond_mode=*) NET["$1/bond_mode"]=${word#*=} ;;
		lacp=active) lacp='lacp-' ;;
		*) NET["$1/ovs_options"]+="${NET["$1/ovs_options"]+ }${word}" ;;
		esac
	done
	case ${NET["$1/bond_mode"]-} in
	balance-slb) NET["$1/bond_mode"]="${lacp}balance-slb" ;;
	balance-tcp) NET["$1/bond_mode"]='lacp-balance-tcp' ;;
	*) ;;
	esac
}

# switch_ports BRIDGE: sets REPLY to the ports of a bridge of Open vSwitch that say themselves which bridge they are on, and CARDS to
# the others.
switch_ports() {
	local port
	local -a ports=()
	REPLY='' CARDS=''
	read -r -a ports <<<"${NET["$1/ovs_ports"]-}"
	for port in "${ports[@]}"; do
		case ${NET["${port}/ovs-type"]-} in
		OVSBond | OVSIntPort) REPLY+=" ${port}" ;;
		*) CARDS+=" ${port}" ;;
		esac
	done
	CARDS=${CARDS# }
}

# prefix_of NETMASK: sets REPLY to the length of a prefix, also for a netmask as 255.255.255.0; to other text as it is, since
# arithmetic of bash would run what is written in it.
prefix_of() {
	local part
	local -a parts=()
	REPLY=$1
	[[ $1 =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}$ ]] || return 0
	REPLY=0
	IFS=. read -r -a parts <<<"$1"
	for part in "${parts[@]}"; do
		part=$((10#${part}))
		while ((part > 0)); do
			REPLY=$((REPLY + (part & 1)))
			part=$((part >> 1))
		done
	done
}

# read_network: reads the interfaces as they will be when what this script has prepared is applied, and before that, as they are,
# which of them the node is reached through.
read_network() {
	((NETWORK_READ == 0)) || return 0
	NETWORK_READ=1
	read_interfaces "${INTERFACES}"
	read_carriers
	[[ ! -e ${ROOT}${INTERFACES}.new || ! -e ${STATE}/network/pending ]] || read_interfaces "${INTERFACES}.new"
}

# interface [--without OPTION]... pvesh create|set PATH [--iface NAME] --type TYPE --OPTION VALUE...: prepares the interface, or those
# options of it that differ. What is prepared is applied later, for all interfaces together.
interface() {
	active || return 0
	local name option sign
	local -a without=() options=() command=() lost=() texts=()
	while [[ $1 == --without ]]; do
		without+=("$2")
		shift 2
	done
	name=${3##*/}
	options=("${@:4}")
	if [[ $2 == create ]]; then
		name=$5
		options=("${@:6}")
	fi
	differ_interface || return 0
	command=("$@")
	if [[ ${sign} == '~' ]]; then
		command=(pvesh set "/nodes/localhost/network/${name}" "${options[@]}")
		# Without them, Proxmox takes an interface for one without an address.
		for option in cidr cidr6; do
			[[ -z ${NET["${name}/${option}"]-} || " ${options[*]} ${lost[*]/#/--} " == *" --${option} "* ]] ||
				command+=("--${option}" "${NET["${name}/${option}"]}")
		done
		[[ ${options[1]} != OVSBridge ]] || keep_switch_ports
		option="${lost[*]}"
		[[ -z ${option} ]] || command+=(--delete "${option// /,}")
	fi
	if checking; then
		may_change "${name}" "${options[*]}" || note "${REPLY}; --allow-disconnect does it"
	else
		prepare_interface
	fi
	for option in "${texts[@]}"; do change "${sign}" "${option}"; done
}

# keep_switch_ports: for `interface`, whose command it completes: bonds and ports of Open vSwitch stay on their bridge.
keep_switch_ports() {
	local i
	local -a still=()
	switch_ports "${name}"
	[[ -n ${REPLY} ]] || return 0
	for i in "${!command[@]}"; do
		if [[ ${command[i]} == --ovs_ports ]]; then command[i + 1]+=${REPLY}; fi
	done
	for i in "${lost[@]}"; do
		if [[ ${i} == ovs_ports ]]; then command+=(--ovs_ports "${REPLY# }"); else still+=("${i}"); fi
	done
	lost=("${still[@]}")
}

# differ_interface: for `interface` and `need_interface`, whose variables it sees: whether anything differs, what it is as texts, and
# what is to be removed.
differ_interface() {
	local i option live
	read_network
	sign='+'
	texts=("interface ${name}")
	[[ ${options[1]} != eth && -z ${NET["${name}/iface"]-} ]] || sign='~' texts=()
	[[ ${sign} == '~' ]] || return 0
	for ((i = 2; i < ${#options[@]}; i += 2)); do
		option=${options[i]#--}
		live=${NET["${name}/${option}"]-}
		case ${option} in
		ovs_ports)
			switch_ports "${name}"
			live=${CARDS}
			! same_set "${live}" "${options[i + 1]}" || continue
			;;
		bridge_ports | slaves | bridge_vids | ovs_bonds | ovs_options) ! same_set "${live}" "${options[i + 1]}" || continue ;;
		autostart) [[ ${live:-0} != "${options[i + 1]}" ]] || continue ;;
		*) [[ ${live,,} != "${options[i + 1],,}" ]] || continue ;;
		esac
		texts+=("interface ${name}: ${option} ${live:-(unset)} -> ${options[i + 1]}")
	done
	for option in "${without[@]}"; do
		live=${NET["${name}/${option}"]-}
		if [[ ${option} == ovs_ports ]]; then
			switch_ports "${name}"
			live=${CARDS}
		fi
		[[ -n ${live} ]] || continue
		lost+=("${option}")
		texts+=("interface ${name}: ${option} ${live} -> (removed)")
	done
	((${#texts[@]} > 0))
}

# prepare_interface: for `interface`, whose variables it sees.
prepare_interface() {
	! theirs || refuse "${REPLY}"
	may_change "${name}" "${options[*]}" || refuse "${REPLY}; --allow-disconnect does it, and takes it back where the node cannot be reached afterwards"
	! of_other_sort || refuse "${REPLY}"
	! loses_address || refuse "${REPLY}"
	wanted_ports
	! takes_ports "${name}" "${REPLY}" || refuse "${REPLY}"
	if ! { mkdir -p -- "${STATE}/network" && printf '%s\n' "${name} ${options[*]} ${lost[*]/#/-}" >>"${STATE}/network/pending"; }; then
		refuse "no record can be written below ${STATE#"${ROOT}"}"
	fi
	wanted_ports
	release_ports "${name}" "${REPLY}"
	make_room
	run "${command[@]}"
	NETWORK_READ=0
}

# loses_address: for those who have `name` and `options`: whether the interface has an address that the file does not tell, by DHCP
# say, and gets none of that family; sets REPLY to that. Proxmox makes one without addresses of each that it writes without them.
loses_address() {
	local suffix method
	for suffix in '' 6; do
		method=${NET["${name}/method${suffix}"]-}
		[[ ! ${method} =~ ^(static|manual|loopback|)$ && " ${options[*]} " != *" --cidr${suffix} "* ]] || continue
		REPLY="${name} has its IPv${suffix:-4} address by ${method}, which Proxmox takes away with any change: declare \`address${suffix}\` for it, or change it by hand"
		return 0
	done
	return 1
}

# wanted_ports: for those who have `options`: sets REPLY to the ports that the interface is to have, between blanks.
wanted_ports() {
	local i
	REPLY=' '
	for ((i = 2; i < ${#options[@]}; i += 2)); do
		case ${options[i]} in
		--bridge_ports | --slaves | --ovs_ports | --ovs_bonds) REPLY+="${options[i + 1]} " ;;
		*) ;;
		esac
	done
}

# port_owners NAME PORTS: sets `owners` of the caller to the other interfaces that have one of these ports now: INTERFACE/OPTION, and
# what stays there, between blanks.
port_owners() {
	local key word rest
	local -a ports=()
	for key in "${!NET[@]}"; do
		[[ ${key} =~ /(bridge_ports|slaves|ovs_ports|ovs_bonds)$ && ${key%/*} != "$1" ]] || continue
		read -r -a ports <<<"${NET[${key}]}"
		rest=''
		for word in "${ports[@]}"; do [[ $2 == *" ${word} "* ]] || rest+=" ${word}"; done
		[[ ${rest# } == "${ports[*]}" ]] || owners+=("${key}${rest}")
	done
}

# takes_ports NAME PORTS: whether one of these ports is on an interface of which the files do not say what is on it; sets REPLY to that.
takes_ports() {
	local entry other
	local -a owners=()
	port_owners "$1" "$2"
	for entry in "${owners[@]}"; do
		other=${entry%%/*}
		REPLY="$1 is to have a port of ${other}: declare what is on ${other} then, or take it away from there by hand"
		[[ -n ${DECLARED_PORTS[${other}]-} ]] || return 0
	done
	return 1
}

# release_ports NAME PORTS: takes these ports from the other interfaces that have them. Proxmox lets no two interfaces have one, not even
# until the next command.
release_ports() {
	local entry other option rest key
	local -a owners=() words=()
	port_owners "$1" "$2"
	for entry in "${owners[@]}"; do
		read -r option rest <<<"${entry#*/}" || true
		other=${entry%%/*}
		case ${option} in
		bridge_ports) words=(--type bridge) ;;
		slaves) words=(--type bond) ;;
		ovs_ports) words=(--type OVSBridge) ;;
		*) words=(--type OVSBond) ;;
		esac
		for key in cidr cidr6 ovs_bridge; do
			[[ -z ${NET["${other}/${key}"]-} ]] || words+=("--${key}" "${NET["${other}/${key}"]}")
		done
		if [[ -n ${rest} ]]; then words+=("--${option}" "${rest}"); else words+=(--delete "${option}"); fi
		run pvesh set "/nodes/localhost/network/${other}" "${words[@]}"
	done
}

# of_other_sort: for those who have `name` and `options`: whether the interface is there and is one of Open vSwitch where it is declared
# as one of Linux, or the other way round; sets REPLY to that. Proxmox would write it anew without what it had.
of_other_sort() {
	local live=${NET["${name}/ovs-type"]-} wanted=''
	[[ -n ${NET["${name}/iface"]-} ]] || return 1
	[[ ${options[1]} != OVS* ]] || wanted=${options[1]}
	REPLY="${name} is ${live:-an interface of Linux}${live:+ of Open vSwitch}, declared as ${wanted:-one of Linux}; a plan does not turn the one into the other"
	[[ ${live} != "${wanted}" ]]
}

# theirs: whether somebody else has prepared changes of the network; sets REPLY to what is to be done about it.
theirs() {
	REPLY="somebody has prepared changes of the network and not applied them (${INTERFACES}.new): apply or revert them first, in the web interface under System, Network"
	[[ -e ${ROOT}${INTERFACES}.new && ! -e ${STATE}/network/pending ]]
}

# read_resolver: sets `servers` and `search` of the caller to the name servers and the search domain of the host.
read_resolver() {
	local key value
	[[ -e ${ROOT}/etc/resolv.conf ]] || return 0
	while read -r key value _ || [[ -n ${key} ]]; do
		case ${key} in
		search | domain) search=${value} ;;
		nameserver) servers+=("${value}") ;;
		*) ;;
		esac
	done <"${ROOT}/etc/resolv.conf"
}

# resolver pvesh set /nodes/localhost/dns [--search DOMAIN] [--dnsN ADDRESS]...: the host asks these name servers, in this order.
# Proxmox sets all of them at once, and none without a search domain.
resolver() {
	active || return 0
	local i search=''
	local -a servers=() command=("$@")
	read_resolver
	local wanted_search=${search} sought=''
	for ((i = 3; i < $#; i += 2)); do
		if [[ ${command[i]} == --search ]]; then wanted_search=${command[i + 1]}; else sought+=" ${command[i + 1]}"; fi
	done
	[[ ${sought} != '' ]] || sought=" ${servers[*]:0:3}"
	if [[ ${sought# } == "${servers[*]:0:3}" && ${wanted_search} == "${search}" ]]; then return 0; fi
	[[ -n ${wanted_search} ]] || refuse '/etc/resolv.conf has no search domain, and Proxmox sets no name servers without one: declare search'
	[[ " $* " == *' --search '* ]] || command+=(--search "${search}")
	if [[ " $* " != *' --dns1 '* ]]; then
		for i in "${!servers[@]}"; do ((i > 2)) || command+=("--dns$((i + 1))" "${servers[i]}"); done
	fi
	checking || run "${command[@]}"
	[[ ${sought# } == "${servers[*]:0:3}" ]] || change '~' "name servers ${servers[*]:0:3} ->${sought}"
	[[ ${wanted_search} == "${search}" ]] || change '~' "search domain ${search:-(unset)} -> ${wanted_search}"
}
