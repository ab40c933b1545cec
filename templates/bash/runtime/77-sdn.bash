# --- The software-defined network of the cluster --------------------------------------------------

# Proxmox keeps it in /etc/pve/sdn, and what of it is in force in .running-config there. What this script has changed and not
# applied is noted; what somebody else has changed is not applied.
declare -A SDN=() # controllers|zones|vnets|subnets/id/option -> value; without option -> its type

# read_sdn: reads all of it.
read_sdn() {
	local part line key value id=''
	((${#SDN[@]} == 0)) || return 0
	SDN[read]=1
	for part in controllers zones vnets subnets; do
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

# sdn controllers|zones|vnets|subnets ID pvesh create PATH --OPTION VALUE...: makes the thing, or sets the options that differ in one
# call. An option that is given several times is a list.
sdn() {
	active || return 0
	local part=$1 id=$2 path=$5 option live
	local -a sdn_words=("${@:6}") command=() different=() options=()
	local -A values=()
	shift 2
	read_sdn
	if [[ -z ${SDN["${part}/${id}"]-} ]]; then
		checking || prepare_sdn "$@"
		change '+' "${part%s} ${id}"
		return 0
	fi
	sdn_values
	for option in "${options[@]}"; do
		live=${SDN["${part}/${id}/${option}"]-}
		case ${part}/${option} in
		*/type)
			[[ ${SDN["${part}/${id}"]} == "${values[type]}" ]] ||
				refuse "the ${part%s} ${id} is of type ${SDN["${part}/${id}"]}, declared as ${values[type]}; Proxmox cannot change it"
			continue
			;;
		controllers/controller | zones/zone | vnets/vnet | subnets/subnet) continue ;;
		*/dhcp-range) ! same_words "${live}" "${values[${option}]}" || continue ;;
		*/nodes | */exitnodes | */peers | */rt-import | */isis-ifaces) ! same_set "${live}" "${values[${option}]}" || continue ;;
		*/mac) [[ ${live,,} != "${values[${option}],,}" ]] || continue ;;
		*) [[ ${live:-0} != "${values[${option}]}" ]] || continue ;;
		esac
		sdn_command
		different+=("${part%s} ${id}: ${option} ${live:-(unset)} -> ${values[${option}]}")
	done
	((${#different[@]} > 0)) || return 0
	checking || prepare_sdn pvesh set "${path}/${id}" "${command[@]}"
	for option in "${different[@]}"; do change '~' "${option}"; done
}

# sdn_values: for `sdn`: sets options to what is declared, each once, and values to it, joined where there are several.
sdn_values() {
	local i name
	for ((i = 0; i < ${#sdn_words[@]}; i += 2)); do
		name=${sdn_words[i]#--}
		[[ -n ${values[${name}]+set} ]] || options+=("${name}")
		values[${name}]+="${values[${name}]+ }${sdn_words[i + 1]}"
	done
}

# sdn_command: for `sdn`: appends the words of the option to the command.
sdn_command() {
	local i
	for ((i = 0; i < ${#sdn_words[@]}; i += 2)); do
		[[ ${sdn_words[i]} != "--${option}" ]] || command+=("${sdn_words[@]:i:2}")
	done
}

# same_words A B: whether two lists hold the same words between blanks, in whatever order.
same_words() {
	local word
	local -a a=() b=()
	read -r -a a <<<"$1"
	read -r -a b <<<"$2"
	for word in "${a[@]}"; do [[ " $2 " == *" ${word} "* ]] || return 1; done
	for word in "${b[@]}"; do [[ " $1 " == *" ${word} "* ]] || return 1; done
}

# prepare_sdn COMMAND...: changes something where nobody else's changes wait, and notes that this one has to be applied.
prepare_sdn() {
	local part
	! theirs || refuse "${REPLY}"
	if [[ ! -e ${STATE}/network/sdn ]]; then
		for part in controllers zones vnets; do
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
