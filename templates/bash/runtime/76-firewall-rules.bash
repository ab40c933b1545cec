# --- Options and rules of the firewall of the cluster and of this node ------------------------------

# firewall_place cluster|node: sets FIREWALL_PATH to the file, and FIREWALL_LOCK to what Proxmox locks it with.
firewall_place() {
	FIREWALL_PATH=${FIREWALL_FILE} FIREWALL_LOCK='firewall-cluster'
	[[ $1 == cluster ]] || FIREWALL_PATH="/etc/pve/nodes/${NODE}/host.fw" FIREWALL_LOCK="firewall-host-${NODE}"
}

# firewall_file cluster|node [--option 'NAME: VALUE']... RULE...: the file has these options and, of the rules whose comment says
# that they are ours, these, in this order. Everything else in it stays as it is.
firewall_file() {
	active || return 0
	local FIREWALL_PATH FIREWALL_LOCK scope=$1 live='' text
	local -a options=()
	shift
	while [[ ${1-} == --option ]]; do
		options+=("$2")
		shift 2
	done
	firewall_place "${scope}"
	read_text "${FIREWALL_PATH}"
	live=${REPLY}
	ruled "${live}" "$@"
	[[ ${REPLY} != "${live}" ]] || return 0
	text=${REPLY}
	need_way "${scope}" "${text}"
	TEXTS=()
	line_changes "${live}" "${text}"
	checking || write_ruled "$@"
	for text in "${TEXTS[@]}"; do change '~' "firewall of the ${scope}: ${text}"; done
}

# drop_rules cluster|node: takes back the rules that are ours.
drop_rules() { firewall_file "$1"; }

# firewall_option cluster|HOST NAME: sets REPLY to what the file has of an option; to nothing where it says nothing of it.
firewall_option() {
	local FIREWALL_PATH FIREWALL_LOCK line section='' found=''
	firewall_place "$1"
	read_text "${FIREWALL_PATH}"
	while read -r line; do
		firewall_word "${line}"
		section=${REPLY:-${section}}
		if [[ ${section} == options && ${line} =~ ^"$2":[[:blank:]]*(.*[^[:blank:]]) ]]; then found=${BASH_REMATCH[1]}; fi
	done <<<"${REPLY}"
	REPLY=${found}
}

# read_text PATH: sets REPLY to the text of a file; to nothing where there is none.
read_text() {
	REPLY=''
	[[ ! -e ${ROOT}$1 ]] || IFS= read -r -d '' REPLY <"${ROOT}$1" || true
}

# own_rule LINE: whether the comment of a rule says that it is ours.
own_rule() { [[ $1 =~ '#'[[:blank:]]*phxc(:|[[:blank:]]*$) ]]; }

# ruled TEXT RULE...: sets REPLY to a file with the options of its caller and these rules. Ours stand where the first of them stood;
# new ones behind those of others, which were there first. Where others stand between ours, they stay there.
ruled() {
	local line section='' rules_text='' ours='' wanted='' optioned=0 placed=0 empty=0 blank=''
	local -a lines=() left=("${options[@]}")
	(($# < 2)) || printf -v wanted '%s\n' "${@:2}"
	[[ -z $1 ]] || mapfile -t lines <<<"${1%$'\n'}"
	for line in "${lines[@]}"; do
		firewall_word "${line}"
		section=${REPLY:-${section}}
		[[ ${section} != rules ]] || ! own_rule "${line}" || ours+=${line}$'\n'
	done
	section=''
	[[ ${ours} != "${wanted}" ]] || placed=1
	for line in "${lines[@]}"; do
		firewall_word "${line}"
		if [[ -n ${REPLY} ]]; then
			end_section
			[[ ${REPLY} != 'group '* ]] || new_rules
			section=${REPLY} empty=2
			[[ ${section} != options ]] || optioned=1
		elif [[ ${section} == rules && ${ours} != "${wanted}" ]] && own_rule "${line}"; then
			if ((placed == 0)); then rules_text+=${blank}${wanted}; fi
			placed=1 blank=''
			continue
		elif [[ ${section} == options && ${line} == *:* ]]; then
			wanted_option "${line}"
			line=${REPLY}
		fi
		if [[ -z ${line} ]]; then
			blank+=$'\n'
		else
			rules_text+=${blank}${line}$'\n'
			blank=''
			((empty == 0)) || empty=$((empty - 1))
		fi
	done
	end_section
	new_rules
	rules_text+=${blank}
	if ((optioned == 0 && ${#options[@]} > 0)); then
		printf -v line '%s\n' "${options[@]}"
		rules_text="[OPTIONS]"$'\n\n'"${line}${rules_text:+$'\n'${rules_text}}"
	fi
	REPLY=${rules_text}
}

# end_section: for `ruled`: what a section lacks stands at its end, before the empty lines there.
end_section() {
	local missing='' reply=${REPLY}
	if [[ ${section} == options ]] && ((${#left[@]} > 0)); then
		printf -v missing '%s\n' "${left[@]}"
		left=()
	elif [[ ${section} == rules ]] && ((placed == 0)); then
		missing=${wanted}
		placed=1
	fi
	if [[ -n ${missing} ]]; then
		# Behind the head Proxmox writes an empty line, and one behind the section.
		if ((empty == 1)); then rules_text+=$'\n'; fi
		rules_text+=${missing}
		if [[ -z ${blank} ]] || ((empty == 1)); then blank=$'\n'; fi
	fi
	REPLY=${reply}
}

# new_rules: for `ruled`: a section of rules for a file that has none, before the groups, which Proxmox reads last.
new_rules() {
	((placed == 0)) && [[ -n ${wanted} ]] || return 0
	[[ -z ${rules_text} || -n ${blank} ]] || blank=$'\n'
	rules_text+="${blank}[RULES]"$'\n\n'${wanted}
	blank=$'\n' placed=1
}

# wanted_option LINE: for `ruled`: sets REPLY to the line as it is to be.
wanted_option() {
	local i name=${1%%:*}
	REPLY=$1
	name=${name//[[:blank:]]/}
	for i in "${!left[@]}"; do
		[[ ${left[i]%%:*} == "${name,,}" ]] || continue
		REPLY=${left[i]}
		# Proxmox writes one blank behind the colon; by hand there may be others.
		[[ ${1//[[:blank:]]/} != "${left[i]//[[:blank:]]/}" ]] || REPLY=$1
		unset 'left[i]'
		left=("${left[@]}")
		return 0
	done
}

# write_ruled RULE...: writes the file, with what is in it by then, under Proxmox's own lock for it.
write_ruled() {
	local ok=1
	READ=''
	keep_firewall "${FIREWALL_PATH}"
	printf '%(%F %T)T + write %s\n' -1 "${FIREWALL_PATH}" >>"${LOG}"
	lock_firewall "${FIREWALL_LOCK}" || refuse "${FIREWALL_PATH} is locked by somebody else"
	read_text "${FIREWALL_PATH}"
	ruled "${REPLY}" "$@"
	printf '%s' "${REPLY}" | write_file "${ROOT}${FIREWALL_PATH}" || ok=0
	rmdir -- "${ROOT}/etc/pve/priv/lock/${FIREWALL_LOCK}"
	FIREWALL_READ=0
	((ok == 1)) || refuse "${FIREWALL_PATH} cannot be written"
}
