# --- Health checks --------------------------------------------------------------------------------

UNCHECKED='' # record that the current guest's checks have not all passed

# check NAME --retries N --every SECONDS --timeout SECONDS KIND ARGUMENT...: runs when the guest changed in this run, or when its checks did not
# all pass in an earlier one. Every attempt is bounded by the timeout, and there are N more after the first.
check() {
	active || return 0
	local name=$1 retries=$3 every=$5 timeout=$7 try code=0 record="${STATE}/check/${GUEST_KEY#*.}"
	[[ -n ${CHANGED[${GUEST_KEY}]-} || -e ${record} ]] || return 0
	is_running "${GUEST_KEY%%.*}" "${GUEST_KEY#*.}" || return 0
	if checking; then
		[[ ! -e ${record} ]] || change '~' "check ${name}, which has not passed yet"
		return 0
	fi
	record "${record}"
	UNCHECKED=${record}
	READ='' # checks take their time
	shift 7
	for ((try = 0; try <= retries; try++)); do
		((try == 0)) || sleep "${every}"
		code=0
		probe_"$1" "${timeout}" "${@:2}" </dev/null >"${WORK}/output" 2>&1 || code=$?
		if ((code == 0)); then
			say "  ${GUEST}: check ${name} passed"
			return 0
		fi
	done
	say "! ${GUEST}: check ${name} did not pass in ${try} attempts" >&2
	failed "${code}" check "${name}" "$@"
}

# end_turn: all of a guest's checks have passed, if there were any.
end_turn() {
	[[ -z ${UNCHECKED} ]] || rm -f -- "${UNCHECKED}"
	UNCHECKED=''
}

# probe_command TIMEOUT COMMAND: a command in the guest.
probe_command() {
	local code=0
	guest_exec "$1" '' sh -c "$2" || code=$?
	printf '%s\n' "${REPLY}"
	return "${code}"
}

# probe_tcp TIMEOUT ADDRESS PORT: a port of the guest, from the host.
probe_tcp() {
	timeout -k 5 "$(($1 + 5))" perl -MIO::Socket::IP \
		-e 'IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2]) or die "$@\n"' "$2" "$3" "$1"
}

# probe_http TIMEOUT URL STATUS: an answer over HTTP, from the host.
probe_http() {
	timeout -k 5 "$(($1 + 5))" perl -MHTTP::Tiny -e '
		my ($url, $status, $timeout) = @ARGV;
		my $follow = $status =~ /^3/ ? 0 : 5;
		my $answer = HTTP::Tiny->new(timeout => $timeout, max_redirect => $follow)->get($url);
		print "$answer->{status} $answer->{reason}\n";
		print $answer->{content} if $answer->{status} == 599;
		exit($answer->{status} != $status)' "$2" "$3" "$1"
}
