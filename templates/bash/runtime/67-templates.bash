# --- Templates, and what they were made from ------------------------------------------------------

TEMPLATES=()             # keys of the templates of the plan, in order
declare -A TEMPLATE=()   # key of a template -> the guest, as "vm 9000 noble"
declare -A STALE=()      # key of a template -> what it was made from otherwise than declared
declare -A FROM_STALE=() # key of a template that is stale -> the guests that came from it
declare -A FROM_OTHER=() # key of a template -> the guests that came from another one before it was their source

# inputs [NAME VALUE]...: what the template of this turn is declared to be made from. The host writes it down when the template
# is made: the work in it while that goes on, all else before the guest is there. A template that nothing is written down of
# counts as made from what is declared.
inputs() {
	[[ ${MODE} != list ]] || return 0
	local path="${STATE}/template/${GUEST_KEY}" name value noted=''
	local -a names=()
	local -A declared=() known=()
	while (($# > 0)); do
		names+=("$1")
		declared[$1]=$2
		shift 2
	done
	TEMPLATES+=("${GUEST_KEY}")
	TEMPLATE[${GUEST_KEY}]=${GUEST}
	read_conf "${GUEST_KEY%%.*}" "${GUEST_KEY#*.}"
	if ((EXISTS == 1)) && [[ -r ${path} ]]; then
		while read -r name value; do
			noted+="${name} ${value}"$'\n'
			known[${name}]=${value}
			[[ -n ${declared[${name}]+set} ]] || names+=("${name}")
		done <"${path}"
	fi
	for name in "${names[@]}"; do
		# The work in a guest that is no template yet will be done as it is declared.
		if [[ -z ${noted} || (${CURRENT[template]-} != 1 && ${name} == *.*) ]]; then known[${name}]=${declared[${name}]-}; fi
	done
	if active && ! checking; then write_inputs; fi
	differ_inputs
}

# write_inputs: within `inputs`: writes down what the template is made from, where that is not there yet.
write_inputs() {
	local name text=''
	for name in "${names[@]}"; do
		[[ -z ${known[${name}]-} ]] || text+="${name} ${known[${name}]}"$'\n'
	done
	[[ ${text} != "${noted}" ]] || return 0
	printf '%s' "${text}" | write_file "${path}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
}

# differ_inputs: within `inputs`: what was otherwise when the template was made. One that is made from a stale one is stale.
differ_inputs() {
	local name source=${known[source]:--}
	for name in "${names[@]}"; do
		[[ ${known[${name}]-} != "${declared[${name}]-}" ]] || continue
		if [[ ${name} == source ]]; then stale "its source (was ${source/./ })"; else stale "${name/./ }"; fi
	done
	[[ -z ${STALE[${source}]-} ]] || stale "its source ${TEMPLATE[${source}]} is stale"
}

# stale TEXT: the template of this turn is not what the files describe; TEXT says what was otherwise when it was made.
stale() {
	local known=${STALE[${GUEST_KEY}]-}
	[[ ", ${known}, " == *", $1, "* ]] || STALE[${GUEST_KEY}]="${known:+${known}, }$1"
}

# write_origin KEY: writes down that the guest of this turn came from a template.
write_origin() {
	[[ -n ${TEMPLATE[${1:--}]-} ]] || return 0
	printf '%s\n' "$1" | write_file "${STATE}/origin/${GUEST_KEY#*.}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
}

# came_from SOURCE: sorts the guest of this turn, which exists, by the template that it came from. Where nothing is written down,
# that is the declared one.
came_from() {
	local source=${1/ /.} origin='' path="${STATE}/origin/${GUEST_KEY#*.}"
	[[ -n ${TEMPLATE[${source:--}]-} ]] || return 0
	if [[ -r ${path} ]]; then
		read -r origin <"${path}" || true
	else
		origin=${source}
		checking || write_origin "${source}"
	fi
	if [[ -n ${STALE[${origin}]-} ]]; then
		FROM_STALE[${origin}]+=", ${GUEST}"
	elif [[ ${origin} != "${source}" ]]; then
		FROM_OTHER[${source}]+=", ${GUEST} (${origin/./ })"
	fi
}

# tell_templates: a note for each template that is stale, and for each that was rebuilt and has guests from before.
tell_templates() {
	local key from
	for key in "${TEMPLATES[@]}"; do
		from=${FROM_STALE[${key}]-}
		if [[ -n ${STALE[${key}]-} ]]; then
			NOTES+=("${TEMPLATE[${key}]}: stale: changed since it was made: ${STALE[${key}]}. It stays as it is until it is rebuilt (--action rebuild-template)${from:+; from it came ${from#, }}")
		fi
		from=${FROM_OTHER[${key}]-}
		[[ -z ${from} ]] || NOTES+=("${TEMPLATE[${key}]}: these came from an earlier one and stay as they are: ${from#, }")
	done
}

# linked_to ID: sets REPLY to the first guest, on any node, whose disk is a linked clone of one of this template, as "ct 801";
# fails where there is none. Clones that this run would destroy do not count.
linked_to() {
	local path text kind
	for path in "${PVE}/nodes/"*/{qemu-server,lxc}/*.conf; do
		[[ -r ${path} && ${path##*/} != "$1.conf" ]] || continue
		text=$(<"${path}")
		[[ ${text} =~ [:/](base|basevol)-"$1"-disk-[0-9]+ ]] || continue
		kind=vm
		[[ ${path} != */lxc/* ]] || kind=ct
		REPLY=${path##*/}
		REPLY="${kind} ${REPLY%.conf}"
		[[ -n ${DESTROYED["${REPLY/ /.}"]-} ]] || return 0
	done
	return 1
}
