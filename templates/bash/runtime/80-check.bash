# --- Health checks --------------------------------------------------------------------------------

# check NAME RETRIES EVERY TIMEOUT KIND ARGUMENT...: runs when the guest changed in this run, or on demand (--health).
# Every attempt is bounded by TIMEOUT seconds, and there are RETRIES more after the first, EVERY seconds apart.
check() {
	active || return 0
	checking && return 0
	[[ -n ${TOUCHED[${GUEST_KEY}]-} ]] || return 0
	local name=$1 retries=$2 every=$3 timeout=$4 try
	shift 4
	is_running "${GUEST_KEY%%.*}" "${GUEST_KEY#*.}" || return 0
	for ((try = 0; try <= retries; try++)); do
		if probe_"$1" "${timeout}" "${@:2}" </dev/null >"${WORK}/output" 2>&1; then
			label
			say "  ${REPLY}: check ${name} passed"
			return 0
		fi
		((try == retries)) || sleep "${every}"
	done
	failed 1 "check ${name}"
}

# probe_command TIMEOUT COMMAND: a command in the guest.
probe_command() {
	local id=${GUEST_KEY#*.} answer
	if [[ ${GUEST_KEY} == ct.* ]]; then
		timeout "$(($1 + 5))" pct exec "${id}" -- timeout "$1" sh -c "$2"
	else
		answer=$(timeout "$(($1 + 5))" qm guest exec "${id}" --timeout "$1" -- sh -c "$2") || return
		printf '%s\n' "${answer}"
		# The command's own exit code counts; the tool's is 0 when the command failed.
		[[ ${answer} =~ \"exitcode\"[[:space:]]*:[[:space:]]*0[^0-9] ]]
	fi
}

# probe_tcp TIMEOUT ADDRESS PORT: a port of the guest, from the host.
probe_tcp() {
	timeout "$(($1 + 5))" perl -MIO::Socket::IP \
		-e 'exit !IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2])' "$2" "$3" "$1"
}

# probe_http TIMEOUT URL STATUS: an answer over HTTP, from the host.
probe_http() {
	timeout "$(($1 + 5))" perl -MHTTP::Tiny \
		-e 'exit HTTP::Tiny->new(timeout => $ARGV[2])->get($ARGV[0])->{status} != $ARGV[1]' "$2" "$3" "$1"
}
