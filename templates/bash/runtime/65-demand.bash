# --- What is done with a guest on demand -----------------------------------------------------------

declare -A STOPPED=() # guest key -> 1: this run stopped it, or would

# there: whether the guest that was read exists, or is to be made by this run; it is held back otherwise.
there() {
	((EXISTS == 0)) && [[ -z ${CREATED[${GUEST_KEY}]-} ]] || return 0
	hold 'it does not exist; a plan without --action makes it'
	return 1
}

# unneeded GUEST...: whether none of these guests runs, as "ct 103 step-ca"; the current one is held back otherwise.
unneeded() {
	local other kind id
	local -a running=()
	for other in "$@"; do
		read -r kind id _ <<<"${other}"
		[[ -n ${STOPPED["${kind}.${id}"]-} ]] || ! is_running "${kind}" "${id}" || running+=("${other}")
	done
	((${#running[@]} > 0)) || return 0
	printf -v other ', %s' "${running[@]}"
	hold "needed by what runs: ${other#, }; stop that first, or say --with-dependents"
	return 1
}

# start_again COMMAND...: starts the guest that \`stop --again\` stopped, in this run or in one that was cut off.
start_again() {
	active || return 0
	[[ -n ${STOPPED[${GUEST_KEY}]-} || -e ${STATE}/first-start/${GUEST_KEY#*.} ]] || return 0
	if checking; then change '+' 'start'; else start "$@"; fi
}

# destroy_asked [--needed-by GUEST]... [--base-of GUEST]... qm|pct destroy ID ...: destroys the guest with its disks, with
# --allow-destroy only, if it has its declared name, is not protected, and no other one needs it.
destroy_asked() {
	active || return 0
	local kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.}
	local -a needed=() clones=()
	while [[ $1 == --* ]]; do
		if [[ $1 == --base-of ]]; then clones+=("$2"); else needed+=("$2"); fi
		shift 2
	done
	is_there "${kind}" "${id}" || return 0
	if ! destroyable "${GUEST#* * }"; then
		hold "${REPLY}"
	elif ((ALLOW_DESTROY == 0)); then
		hold 'to destroy it, needs --allow-destroy'
	elif other_left "${clones[@]}"; then
		hold "${REPLY} is a linked clone of it"
	elif linked_to "${id}"; then
		hold "its disk is shared by ${REPLY}"
	elif unneeded "${needed[@]}"; then
		destroy_counted "$@"
	fi
}
