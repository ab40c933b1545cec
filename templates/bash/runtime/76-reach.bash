# --- The way by which the node is reached ----------------------------------------------------------

NETWORK_REVERT=180  # seconds after which the timer takes an application back
NETWORK_ATTEMPTS=15 # how often an answer is waited for, of all addresses that answered before
RETRY_NETWORK=0     # 1: a change that was taken back may be applied again
MANAGEMENT=()       # addresses by which the node is reached, as declared
ROUTES=()           # default routes of the kernel: interface and gateway
NETWORK_PORTS=()    # interfaces that preflight finds to change, and the ports that they are to have
NETWORK_WANTED=()   # changes that preflight found, as the record of what is prepared says them
NOBODY_ANSWERS='neither a gateway nor the other end of this connection answers a ping, so that nobody could say afterwards whether the node can still be reached'
declare -A CARRIER=() # interfaces that the node is reached through -> 1

# management ADDRESS...: the addresses by which the node is reached, besides those that have a gateway or a terminal behind them.
management() { MANAGEMENT=("$@"); }

# full_address ADDRESS: sets REPLY to the address in the one form that equal addresses share: IPv6 in full and in lower case.
full_address() {
	local part
	local -a head=() tail=()
	REPLY=${1,,}
	REPLY=${REPLY%%'%'*}
	[[ ! ${REPLY} =~ ^::ffff:([0-9]+\..*)$ ]] || REPLY=${BASH_REMATCH[1]}
	[[ ${REPLY} =~ ^[0-9a-f:]*:[0-9a-f:]*$ ]] || return 0
	IFS=: read -r -a head <<<"${REPLY%%::*}"
	[[ ${REPLY} != *::* ]] || IFS=: read -r -a tail <<<"${REPLY#*::}"
	while ((${#head[@]} + ${#tail[@]} < 8)); do head+=(0); done
	REPLY=''
	for part in "${head[@]}" "${tail[@]}"; do
		printf -v part '%x' "0x${part:-0}"
		REPLY+="${REPLY:+:}${part}"
	done
}

# read_routes: sets ROUTES to the default routes that the kernel has now, "INTERFACE GATEWAY": those of DHCP, and of files that
# Proxmox does not read.
read_routes() {
	local name to gateway prefix mask words i
	ROUTES=()
	if [[ -r ${ROOT}/proc/net/route ]]; then
		while read -r name to gateway _ _ _ _ mask _; do
			[[ ${to} == 00000000 && ${mask} == 00000000 ]] || continue
			printf -v gateway '%d.%d.%d.%d' "0x${gateway:6:2}" "0x${gateway:4:2}" "0x${gateway:2:2}" "0x${gateway:0:2}"
			ROUTES+=("${name} ${gateway}")
		done <"${ROOT}/proc/net/route"
	fi
	[[ -r ${ROOT}/proc/net/ipv6_route ]] || return 0
	while read -r to prefix _ _ gateway words; do
		name=${words##* }
		[[ ${to} == 00000000000000000000000000000000 && ${prefix} == 00 && ${name} != lo ]] || continue
		for ((i = 28; i > 0; i -= 4)); do gateway="${gateway:0:i}:${gateway:i}"; done
		# An address of the link is one of that link only.
		[[ ${gateway} != fe80:* ]] || gateway+="%${name}"
		ROUTES+=("${name} ${gateway}")
	done <"${ROOT}/proc/net/ipv6_route"
}

# read_carriers: sets CARRIER to the interfaces that have an address of the node or a default gateway, in the file or now, to those whose
# address the file does not tell, and to all below them.
read_carriers() {
	local key name own=' ' lower CALLER
	local -a open=() below=() words=()
	CARRIER=()
	find_caller
	read -r _ _ name _ <<<"${CALLER}" || true
	for key in "${MANAGEMENT[@]}" ${name:+"${name}"}; do
		full_address "${key}"
		own+="${REPLY} "
	done
	for key in "${!NET[@]}"; do
		case ${key} in
		*/gateway | */gateway6) open+=("${key%/*}") ;;
		*/cidr | */cidr6)
			full_address "${NET[${key}]%/*}"
			[[ ${own} != *" ${REPLY} "* ]] || open+=("${key%/*}")
			;;
		*/method | */method6) [[ ${NET[${key}]} =~ ^(static|manual|loopback|)$ ]] || open+=("${key%/*}") ;;
		*) ;;
		esac
	done
	read_routes
	for key in "${ROUTES[@]}"; do open+=("${key%% *}"); done
	while ((${#open[@]} > 0)); do
		name=${open[-1]}
		unset 'open[-1]'
		CARRIER[${name}]=1
		switch_ports "${name}"
		below=()
		for lower in ${REPLY}; do
			[[ ${NET["${lower}/ovs-type"]} != OVSBond ]] || below+=("${lower}")
		done
		read -r -a words <<<"${CARDS} ${NET["${name}/bridge_ports"]-} ${NET["${name}/slaves"]-} ${NET["${name}/vlan-raw-device"]-} ${NET["${name}/ovs_bonds"]-} ${NET["${name}/ovs_bridge"]-}"
		below+=("${words[@]}")
		[[ ${name} != *.* ]] || below+=("${name%.*}")
		for lower in "${below[@]}"; do [[ -n ${CARRIER[${lower}]-} ]] || open+=("${lower}"); done
	done
}

# may_change NAME OPTIONS: whether an interface may be changed to these options; sets REPLY to the reason why not. A port that carries
# the address of the node loses it to the bridge or bond that takes it in.
may_change() {
	((ALLOW_DISCONNECT == 0)) || return 0
	REPLY="$1 carries the address by which this node is reached"
	! touches "$1" "$2" || return 1
}

# touches NAME OPTIONS: whether a change to these options touches the way by which the node is reached.
touches() {
	local word
	local -a words=()
	read_network
	[[ -z ${CARRIER[$1]-} ]] || return 0
	[[ $2 != *--type\ vlan* ]] || return 1
	read -r -a words <<<"${2//,/ }"
	for word in "${words[@]}"; do
		[[ -z ${CARRIER[${word}]-} ]] || return 0
	done
	return 1
}

# need_interface [--without OPTION]... NAME --type TYPE --OPTION VALUE...: what the step of the interface would change may be changed.
need_interface() {
	local name sign ports
	local -a without=() options=() lost=() texts=()
	while [[ $1 == --without ]]; do
		without+=("$2")
		shift 2
	done
	name=$1
	options=("${@:2}")
	wanted_ports
	ports=${REPLY}
	[[ ${ports} == ' ' && ! " ${without[*]} " =~ \ (bridge_ports|slaves|ovs_ports|ovs_bonds)\  ]] || DECLARED_PORTS[${name}]=1
	note_mtu
	((${#ONLY[@]} == 0)) && [[ -z ${FROM} ]] || return 0
	differ_interface || return 0
	! of_other_sort || problem "${REPLY}"
	! loses_address || problem "${REPLY}"
	NETWORK_PORTS+=("${name}${ports}")
	NETWORK_WANTED+=("${name} ${options[*]} ${lost[*]/#/-}")
	wanted_network
	checking || may_change "${name}" "${options[*]}" || problem "${REPLY}; --allow-disconnect changes it, and takes it back where the node cannot be reached afterwards"
}

# need_connection: what an earlier run prepared and this one would change may be applied, and can be taken back.
need_connection() {
	((${#ONLY[@]} == 0)) && [[ -z ${FROM} ]] || return 0
	local line touched=0
	local -a lines=() answering=()
	for line in "${NETWORK_PORTS[@]}"; do
		! takes_ports "${line%% *}" " ${line#* } " || problem "${REPLY}"
	done
	if [[ -e ${STATE}/network/pending ]]; then
		mapfile -t lines <"${STATE}/network/pending"
		for line in "${lines[@]}"; do
			checking || may_change "${line%% *}" "${line#* }" || problem "${REPLY}; --allow-disconnect applies what an earlier run has prepared"
		done
	fi
	((${#NETWORK_WANTED[@]} == 0)) || need_mtus
	lines+=("${NETWORK_WANTED[@]}")
	if ((${#lines[@]} == 0)); then
		checking || rm -f -- "${STATE}/network/reverted"
		return 0
	fi
	if taken_back; then
		if checking; then note "${REPLY}"; else problem "${REPLY}"; fi
	fi
	if checking; then return 0; fi
	! theirs || problem "${REPLY}"
	for line in "${lines[@]}"; do ! touches "${line%% *}" "${line#* }" || touched=1; done
	((touched == 1 && ALLOW_DISCONNECT == 1)) || return 0
	read_network
	read_answering
	((${#answering[@]} > 0)) || problem "${NOBODY_ANSWERS}"
}

# taken_back: for those who have `lines`: tells of a change that was taken back; whether these lines are all of it again, which is only
# to be tried once more when it is asked for. Sets REPLY to that.
taken_back() {
	local record="${STATE}/network/reverted" line told='' again=1
	local -a former=()
	[[ -e ${record} ]] || return 1
	mapfile -t former <"${record}"
	for line in "${former[@]:1}"; do
		told+=" ${line%% *}"
		printf '%s\n' "${lines[@]}" | grep -qxF -- "${line}" || again=0
	done
	REPLY="the change of${told} was taken back at ${former[0]}, because the node did not answer after it or the run was cut off"
	if ((again == 0 || ${#former[@]} == 1 || RETRY_NETWORK == 1)); then
		((PREFLIGHT == 0)) || note "${REPLY}"
		return 1
	fi
	REPLY+='; it is not made again as it was: change the files, or say --retry-network'
}

# apply_network pvesh set /nodes/localhost/network: applies what was prepared, and takes it back when what answered before does not
# answer any more.
apply_network() {
	active || return 0
	local record="${STATE}/network/pending" name rest touched=0 token=''
	local -a names=() lines=() answering=()
	[[ -e ${record} ]] || return 0
	read_network
	while read -r name rest; do
		names+=("${name}")
		lines+=("${name} ${rest}")
		! touches "${name}" "${rest}" || touched=1
		checking || may_change "${name}" "${rest}" || refuse "${REPLY}; --allow-disconnect applies what an earlier run has prepared"
	done <"${record}"
	if checking; then
		change '~' "network: apply what an earlier run prepared (${names[*]})"
		return 0
	fi
	! taken_back || refuse "${REPLY}"
	read_answering
	((touched == 0 || ${#answering[@]} > 0)) ||
		refuse "${NOBODY_ANSWERS}"
	arm_revert
	run "$@"
	NETWORK_READ=0
	[[ ! -e ${ROOT}${INTERFACES}.new ]] || revert_network "Proxmox did not apply it"
	read_network
	for name in "${names[@]}"; do
		# A bond of Open vSwitch is nothing that the kernel knows.
		[[ -z ${NET["${name}/autostart"]-} || ${NET["${name}/ovs-type"]-} == OVSBond || -e ${ROOT}/sys/class/net/${name} ]] || revert_network "${name} did not come up"
	done
	still_answering || revert_network "${REPLY} does not answer any more"
	# It has done so where Proxmox took longer than the timer.
	[[ -e ${STATE}/network/unconfirmed && $(<"${STATE}/network/unconfirmed") == "${token}" ]] ||
		refuse 'the timer has taken the change back before it was confirmed'
	rm -f -- "${STATE}/network/unconfirmed" "${record}" "${STATE}/network/reverted"
	say "  network applied: ${names[*]}"
}

# read_answering: for `apply_network`: sets answering to the gateways, and the other end of an ssh connection, that answer.
read_answering() {
	local key address CALLER
	local -A tried=()
	find_caller
	read -r address _ <<<"${CALLER}" || true
	[[ -z ${address} ]] || tried[${address}]=1
	read_routes
	for key in "${ROUTES[@]}"; do
		[[ ${key#* } =~ ^[0.:]+$ ]] || tried[${key#* }]=1
	done
	for key in "${!NET[@]}"; do
		[[ ${key} != */gateway* ]] || tried[${NET[${key}]}]=1
	done
	for address in "${!tried[@]}"; do
		! ask ping -q -c 1 -W 2 "${address}" || answering+=("${address}")
	done
}

# still_answering: for `apply_network`: whether all of them answer again within about a minute, long before the timer runs out; sets
# REPLY to one that does not.
still_answering() {
	local address i=0
	for address in "${answering[@]}"; do
		until ask ping -q -c 1 -W 3 "${address}"; do
			REPLY=${address}
			((++i < NETWORK_ATTEMPTS)) || return 1
			sleep 1
		done
	done
}

# arm_revert: for `apply_network`, whose token it sets: keeps the file of interfaces as it was, and starts a timer that puts it back
# unless this script says that all is well. An application that a killed run began goes back to what was before that.
arm_revert() {
	local folder="${STATE}/network"
	token="${EPOCHSECONDS}.$$"
	revert_script | write_file "${folder}/revert" || refuse "nothing can be written below ${STATE#"${ROOT}"}"
	[[ -e ${folder}/unconfirmed ]] || write_file "${folder}/before" <"${ROOT}${INTERFACES}"
	printf '%s\n' "${token}" | write_file "${folder}/unconfirmed"
	run systemd-run --collect --on-active="${NETWORK_REVERT}" /bin/bash "${folder}/revert" "${token}" "${ROOT:-/}"
}

# revert_network TEXT: puts the network back, and gives up.
revert_network() {
	local token
	read -r token <"${STATE}/network/unconfirmed"
	attempt /bin/bash "${STATE}/network/revert" "${token}" "${ROOT:-/}" || failed "$?" "the way back to the network as it was"
	NETWORK_READ=0
	refuse "$1; the network is as it was before"
}

# revert_script: prints what the timer runs.
revert_script() {
	cat <<'TEXT'
#!/bin/bash
# Puts the network back to what it was before a plan changed it, unless the plan has seen that the node can still be reached.
# Usage: revert TOKEN ROOT
set -eu
cd "${0%/*}"
[[ -e unconfirmed && $(<unconfirmed) == "$1" ]] || exit 0
interfaces="${2%/}/etc/network/interfaces"
{
	printf '%(%F %T)T\n' -1
	[[ ! -e pending ]] || cat pending
} >reverted.new
mv -f -- reverted.new reverted
cp -- before "${interfaces}.phxc-new"
mv -f -- "${interfaces}.phxc-new" "${interfaces}"
rm -f -- "${interfaces}.new"
ifreload -a
rm -f -- pending unconfirmed
TEXT
}
