# --- The software-defined network of the cluster --------------------------------------------------

# Proxmox keeps it in /etc/pve/sdn, and what of it is in force in .running-config there. What this script has changed and not
# applied is noted; what somebody else has changed is not applied.
declare -A SDN=() # zones|vnets|subnets/id/option -> value; zones|vnets|subnets/id -> its type

# read_sdn: reads all of it.
read_sdn() {
	local part line key value id=''
	((${#SDN[@]} == 0)) || return 0
	SDN[read]=1
	for part in zones vnets subnets; do
		[[ -r ${PVE}/sdn/${part}.cfg ]] || continue
		while IFS= read -r line || [[ -n ${line} ]]; do
			read -r key value <<<"${line}" || true
			if [[ ${line} =~ ^([a-z]+):[[:blank:]]+([^[:blank:]]+) ]]; then
				id=${BASH_REMATCH[2]}
				SDN["${part}/${id}"]=${BASH_REMATCH[1]}
			elif [[ -n ${key} ]]; then
				SDN["${part}/${id}/${key}"]+="${SDN["${part}/${id}/${key}"]+ }${value}"
			fi
		done <"${PVE}/sdn/${part}.cfg"
	done
}

# sdn zones|vnets|subnets ID pvesh create PATH --OPTION VALUE...: makes the thing, or sets the options that differ in one call.
sdn() {
	active || return 0
	local part=$1 id=$2 path=$5 i option live
	local -a sdn_words=("${@:6}") command=() different=()
	shift 2
	read_sdn
	if [[ -z ${SDN["${part}/${id}"]-} ]]; then
		checking || prepare_sdn "$@"
		change '+' "${part%s} ${id}"
		return 0
	fi
	for ((i = 0; i < ${#sdn_words[@]}; i += 2)); do
		option=${sdn_words[i]#--}
		live=${SDN["${part}/${id}/${option}"]-}
		case ${part}/${option} in
		*/type)
			[[ ${SDN["${part}/${id}"]} == "${sdn_words[i + 1]}" ]] ||
				refuse "the ${part%s} ${id} is of type ${SDN["${part}/${id}"]}, declared as ${sdn_words[i + 1]}; Proxmox cannot change it"
			continue
			;;
		zones/zone | vnets/vnet | subnets/subnet) continue ;;
		*) ;;
		esac
		[[ ${live:-0} != "${sdn_words[i + 1]}" ]] || continue
		command+=("${sdn_words[@]:i:2}")
		different+=("${part%s} ${id}: ${option} ${live:-(unset)} -> ${sdn_words[i + 1]}")
	done
	((${#different[@]} > 0)) || return 0
	checking || prepare_sdn pvesh set "${path}/${id}" "${command[@]}"
	for option in "${different[@]}"; do change '~' "${option}"; done
}

# prepare_sdn COMMAND...: changes something where nobody else's changes wait, and notes that this one has to be applied.
prepare_sdn() {
	local part
	! theirs || refuse "${REPLY}"
	if [[ ! -e ${STATE}/network/sdn ]]; then
		for part in zones vnets; do
			ask pvesh get "/cluster/sdn/${part}" --pending 1 --output-format json || refuse "the pending changes of ${part} cannot be read"
			[[ ${REPLY} != *'"state"'* ]] ||
				refuse "somebody has changed ${part} of the software-defined network and not applied it: apply or revert it first, in the web interface under Datacenter, SDN"
		done
	fi
	record "${STATE}/network/sdn"
	run "$@"
	SDN=()
}

# apply_sdn VNETS pvesh set /cluster/sdn: applies what this script, or one before it that was cut off, has changed.
apply_sdn() {
	active || return 0
	local name i
	local -a bridges=()
	[[ -e ${STATE}/network/sdn ]] || return 0
	if checking; then
		change '~' 'software-defined network: apply what an earlier run prepared'
		return 0
	fi
	! theirs || refuse "${REPLY}"
	read -r -a bridges <<<"$1"
	run "${@:2}"
	# The nodes reload their networks in tasks of their own.
	for name in "${bridges[@]}"; do
		for ((i = 1; i <= 60; i++)); do
			[[ ! -e ${ROOT}/sys/class/net/${name} ]] || continue 2
			sleep 1
		done
		failed 0 "${@:2}"
	done
	rm -f -- "${STATE}/network/sdn"
	say '  software-defined network applied'
}
