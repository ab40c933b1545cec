# --- Health checks --------------------------------------------------------------------------------

DUE=''       # where it is written down that a run has begun to change the current guest, which has checks
UNCHECKED=() # records of the current guest that are done with once all of its checks have passed
TRIES=0      # attempts that the last check took

# checked_guest KIND ID NAME [NEEDED...]: begins the turn of a guest that has checks.
checked_guest() {
	guest "$@"
	DUE="${STATE}/check/$2.due"
}

# await_checks: what follows may change the current guest. That its checks have to pass is written down before, for a run that
# is cut off in between: the next one finds the guest as it is to be, and asks them all the same.
await_checks() {
	[[ -z ${DUE} || -e ${DUE} ]] || record "${DUE}"
}

# check NAME --retries N --every SECONDS --timeout SECONDS KIND ARGUMENT...: runs when the guest changed in this run or in one that was cut
# off, or when its checks did not all pass in an earlier one; always in a plan that only asks for the health of guests. Every attempt is bounded by the
# timeout, and there are N more after the first.
check() {
	active || return 0
	local name=$1 retries=$3 every=$5 timeout=$7 code=0 record="${STATE}/check/${GUEST_KEY#*.}"
	shift 7
	if only_health; then
		ask_health "$@"
		return 0
	fi
	[[ -n ${CHANGED[${GUEST_KEY}]-} || -e ${record} || -e ${DUE} ]] || return 0
	checking || UNCHECKED=("${DUE}")
	is_running "${GUEST_KEY%%.*}" "${GUEST_KEY#*.}" || return 0
	if checking; then
		[[ ! -e ${record} && ! -e ${DUE} ]] || change '~' "check ${name}, which has not passed yet"
		return 0
	fi
	record "${record}"
	UNCHECKED=("${DUE}" "${record}")
	READ='' # checks take their time
	try_check "${AGENT_SECONDS}" "$@" || failed "$?" check "${name}" "$@"
}

# try_check PATIENCE KIND ARGUMENT...: asks until it passes, for `check`, whose variables it sees. A machine whose agent does not
# run yet has so many seconds before its attempts are counted: it was just started.
try_check() {
	local kind=$2 code=0 deadline=$((SECONDS + $1))
	shift 2
	for ((TRIES = 1; TRIES <= retries + 1; TRIES++)); do
		((TRIES == 1)) || sleep "${every}"
		: >"${WORK}/output"
		code=0
		probe_"${kind}" "${timeout}" "$@" || code=$?
		if ((code == 0)); then
			say "  ${GUEST}: check ${name} passed"
			return 0
		fi
		if [[ ${kind} != agent ]] && ((SECONDS < deadline)) && grep -q 'guest agent is not running' "${WORK}/output"; then
			TRIES=0
			sleep 2
		fi
	done
	TRIES=$((retries + 1))
	say "! ${GUEST}: check ${name} did not pass in ${TRIES} attempts" >&2
	return "${code}"
}

# end_turn: all of a guest's checks have passed, if there were any.
end_turn() {
	((${#UNCHECKED[@]} == 0)) || rm -f -- "${UNCHECKED[@]}"
	DUE='' UNCHECKED=()
}

# probe_inside TIMEOUT INPUT COMMAND...: runs a command in the guest; what it printed is then in ${WORK}/output.
probe_inside() {
	local code=0
	guest_exec "$@" || code=$?
	agent_said
	printf '%s\n' "${REPLY}" >"${WORK}/output"
	return "${code}"
}

# agent_said: makes REPLY, the answer of a machine's agent, the end of what the command in the guest printed.
agent_said() {
	local line text said='' escape="\\"
	local -a lines=()
	[[ ${REPLY} == *'"exited"'* ]] || return 0
	mapfile -t lines <<<"${REPLY}"
	for line in "${lines[@]}"; do
		[[ ${line} =~ ^[[:space:]]*\"(out|err)-data\"[[:space:]]*:[[:space:]]*\" ]] || continue
		text=${line#"${BASH_REMATCH[0]}"}
		text=${text%,}
		text=${text%\"}
		((${#text} <= 8000)) || text=${text: -8000}
		# All other escapes of JSON are those of printf.
		printf -v text '%b' "${text//"${escape}\""/'"'}"
		said+=${text}
	done
	REPLY=${said%$'\n'}
}

# probe_command TIMEOUT COMMAND: a command for the guest's shell.
probe_command() { probe_inside "$1" '' sh -c "$2"; }

# probe_systemd TIMEOUT UNIT: a unit of the guest is active.
probe_systemd() { probe_inside "$1" '' systemctl is-active "$2"; }

# probe_openrc TIMEOUT SERVICE: a service of the guest is started.
probe_openrc() { probe_inside "$1" '' rc-service "$2" status; }

# probe_script TIMEOUT FUNCTION DIGEST INTERPRETER NAME ARGUMENT...: a script that FUNCTION prints. The guest's shell reads it whole
# before it runs any of it: what the script starts may read the standard input, and nothing is left in the guest.
probe_script() {
	local seconds=$1 script=$2 interpreter=$4
	local -a words=("${@:5}")
	[[ ${interpreter} != python3 ]] || words=("${@:6}") # it gives its script no name
	script=$("${script}")
	probe_inside "${seconds}" "${script}" sh -c 'text=$(cat); exec "$0" -c "${text}" "$@" </dev/null' "${interpreter}" "${words[@]}"
}

# probe_agent TIMEOUT: the guest agent of a machine answers.
probe_agent() { bounded "$(($1 + 5))" output output qm guest cmd "${GUEST_KEY#*.}" ping; }

# probe_cloud_init TIMEOUT: cloud-init has ended. It says 2 where it did all, and something in it was not as it should be.
probe_cloud_init() {
	probe_inside "$1" '' sh -c 'said=$(cloud-init status --wait); code=$?; echo "${said}"
case ${code}-${said} in 0-*"status: done"* | 2-*"status: done"*) exit 0 ;; esac
cloud-init status --long; exit 1'
}

# probe_tcp TIMEOUT ADDRESS PORT: a port of the guest, from the host.
probe_tcp() {
	bounded "$(($1 + 5))" output output perl -MIO::Socket::IP \
		-e 'IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2]) or die "$@\n"' "$2" "$3" "$1"
}

# probe_http TIMEOUT URL STATUS: an answer over HTTP, from the host.
probe_http() {
	bounded "$(($1 + 5))" output output perl -MHTTP::Tiny -e '
		my ($url, $status, $timeout) = @ARGV;
		my $follow = $status =~ /^3/ ? 0 : 5;
		my $answer = HTTP::Tiny->new(timeout => $timeout, max_redirect => $follow)->get($url);
		print "$answer->{status} $answer->{reason}\n";
		print $answer->{content} if $answer->{status} == 599;
		exit($answer->{status} != $status)' "$2" "$3" "$1"
}
