# --- Messages, steps and the end ------------------------------------------------------------------

# Every path of the host that the script touches itself starts with ROOT; it is empty except in a rehearsal.
readonly ROOT="${PHXC_ROOT-}"
readonly PVE="${ROOT}/etc/pve"
readonly STATE="${ROOT}/var/lib/phxc"
readonly LOG="${STATE}/log/${PLAN_DIGEST:0:12}.log"
MODE=apply         # apply, check or list
ONLY=()            # ids and names given with --only
FROM=''            # step given with --from
STEPS=()           # ids of the steps of this run
NAMES=()           # ids and names of the guests of the plan
GUESTS=()          # keys of the guests of this run, in order
STEP=''            # id of the step being run
STEP_SOURCE=''     # file that asked for it
STEP_ACTIVE=1      # 0: the step is not to be run now
GUEST=''           # the guest whose turn it is, as "ct 103 step-ca"; empty for the host
GUEST_KEY=''       # the same as "ct.103"
GUEST_ACTIVE=1     # 0: the guest is held back or not asked for
KEEP_GOING=0       # 1: a step that fails holds its guest back, and the others go on
WORK=''            # folder for temporary files, removed at the end
INPUT=/dev/null    # what `bounded` feeds to its command
LIMIT=''           # seconds that every command may take; empty: what limit_of says
HUNG=''            # seconds after which the last command was ended; empty: it ended itself
CHILD=''           # process of the command that runs
declare -A SEEN=() # keys of the same guests
declare -A HELD=() # guest key -> why it is held back
declare -A TOLD=() # guest key -> 1: and that was said
declare -A CREATED=() CHANGED=() RESTART=() LATER=()
COUNT_CHANGES=0
NOTES=()

PLAIN='' # what `plain` made
# plain TEXT: sets PLAIN to the text as one line in which all but printable ASCII is spelled out, so that no value, be it of the
# sources or of the host, can disturb a terminal or a log, or look like another line.
plain() {
	local rest=$1 char code
	PLAIN=''
	while [[ ${rest} =~ [^[:print:]] ]]; do
		char=${BASH_REMATCH[0]}
		printf -v code '%d' "'${char}"
		printf -v code '\\x%02x' "$((code & 255))"
		PLAIN+="${rest%%"${char}"*}${code}"
		rest=${rest#*"${char}"}
	done
	PLAIN+=${rest}
}

# say TEXT...: one line for the reader.
say() {
	plain "$*"
	printf '%s\n' "${PLAIN}"
}

# change SIGN TEXT: announces one change, made or (with --check) to be made, and counts it.
change() {
	say "$1 ${GUEST:-host}: $2"
	COUNT_CHANGES=$((COUNT_CHANGES + 1))
	[[ -z ${GUEST_KEY} ]] || CHANGED[${GUEST_KEY}]+=" ${STEP#"${GUEST_KEY}."}"
}

# note TEXT: something to know that is not a change; told in the summary.
note() { NOTES+=("${GUEST:-host}: $1"); }

# checking: whether this run only looks.
checking() { [[ ${MODE} == check ]]; }

# asked_for ID NAME: whether this run is about the guest.
asked_for() {
	local word
	for word in "${ONLY[@]}"; do
		if [[ ${word} == "$1" || ${word} == "$2" ]]; then return 0; fi
	done
	((${#ONLY[@]} == 0))
}

# guest KIND ID NAME [NEEDED...]: begins a guest's turn. It is held back when one that it needs is.
guest() {
	end_turn
	GUEST="$1 $2 $3"
	GUEST_KEY="$1.$2"
	GUEST_ACTIVE=0
	READ=''
	local needed
	for needed in "${@:4}"; do
		if [[ -n ${HELD[${needed}]-} && -z ${HELD[${GUEST_KEY}]-} ]]; then
			HELD[${GUEST_KEY}]="it needs ${needed/./ }, which is held back"
		fi
	done
	[[ -z ${AWAITED[${GUEST_KEY}]-} || -n ${HELD[${GUEST_KEY}]-} ]] || awaited_devices
	NAMES+=("$2" "$3")
	asked_for "$2" "$3" || return 0
	[[ -n ${SEEN[${GUEST_KEY}]-} ]] || GUESTS+=("${GUEST_KEY}")
	SEEN[${GUEST_KEY}]=1
	if [[ -n ${HELD[${GUEST_KEY}]-} ]]; then
		tell_held
	else
		GUEST_ACTIVE=1
	fi
}

# no_guest: what follows belongs to the host.
no_guest() {
	end_turn
	GUEST='' GUEST_KEY='' GUEST_ACTIVE=1
}

# hold TEXT: holds the current guest and what needs it back; the rest of the plan goes on.
hold() {
	[[ -n ${GUEST_KEY} ]] || refuse "$1"
	HELD[${GUEST_KEY}]=$1
	GUEST_ACTIVE=0
	STEP_ACTIVE=0
	tell_held
}

# tell_held: says once why the current guest is held back, however many turns it has.
tell_held() {
	[[ -n ${TOLD[${GUEST_KEY}]-} ]] || say "! ${GUEST}: held back: ${HELD[${GUEST_KEY}]}"
	TOLD[${GUEST_KEY}]=1
}

# step ID FILE: begins a step; the command below it runs only while `active`.
step() {
	STEP=$1
	STEP_SOURCE=$2
	STEP_ACTIVE=${GUEST_ACTIVE}
	RETIRED=() RETIRED_KEYS=() FIXED=() SECRET_OPTIONS=() FILE_CHECK=() FILE_BEFORE=() FILE_THEN=()
	if [[ -z ${GUEST_KEY} ]] && ((${#ONLY[@]} > 0)); then STEP_ACTIVE=0; fi
	if [[ ${MODE} == list ]]; then
		((STEP_ACTIVE == 0)) || STEPS+=("$1")
		STEP_ACTIVE=0
	elif [[ ${FROM} == "$1" ]]; then
		FROM=''
	elif [[ -n ${FROM} ]]; then
		STEP_ACTIVE=0
	fi
}

# active: whether the current step is to be done in this run.
active() { ((STEP_ACTIVE == 1)); }

# run COMMAND...: runs one command that changes something, with nothing on its standard input. Its output goes to the log
# and into ${WORK}/output. Ends the script with a report when it fails.
run() { attempt "$@" || failed "$?" "$@"; }

# attempt COMMAND...: the same, but hands the exit code to its caller.
attempt() {
	local code=0
	READ=''
	await_checks
	printf '%(%F %T)T + %s\n' -1 "${*@Q}" >>"${LOG}"
	limit_of "$@"
	bounded "${REPLY}" output output "$@" || code=$?
	cat "${WORK}/output" >>"${LOG}"
	return "${code}"
}

# ask COMMAND...: runs a command that only reads, and sets REPLY to what it prints; fails when it fails.
ask() {
	local code=0
	bounded "${LIMIT:-60}" answer complaints "$@" || code=$?
	if [[ -n ${HUNG} ]]; then
		((PREFLIGHT == 1)) || refuse "no answer from ${*@Q} within ${HUNG} s"
		problem "no answer from ${*@Q} within ${HUNG} s"
	fi
	REPLY=$(<"${WORK}/answer")
	return "${code}"
}

# limit_of COMMAND...: sets REPLY to the seconds after which a command that changes something has hung: six hours where
# data is copied or fetched, an hour where a guest shuts down, a quarter of an hour elsewhere.
limit_of() {
	REPLY=900
	case "$1 ${2-}" in
	'qm create' | 'qm clone' | 'qm disk' | 'pct create' | 'pct clone' | 'pct resize' | wget* | skopeo* | pveam* | apt-get*) REPLY=21600 ;;
	*' destroy' | *' template' | *' snapshot' | *' delsnapshot' | *' rollback') REPLY=21600 ;;
	*' shutdown' | *' reboot' | 'sh '*) REPLY=3600 ;;
	*) ;;
	esac
	REPLY=${LIMIT:-${REPLY}}
}

# bounded SECONDS OUT ERR COMMAND...: runs a command, with nothing but INPUT on its standard input and its output in these files of
# WORK, and ends it, with all that it started, when it takes longer. The script waits beside it, so that it hears a signal
# at once and waits for ever for nothing, not even for a process that cannot be killed. (A redirection of this function
# would take in what the trap of a signal says.) The script's own functions have no bound.
bounded() {
	local limit=$1 out="${WORK}/$2" err="${WORK}/$3" started=${SECONDS} code=0
	shift 3
	HUNG=''
	: >"${out}"
	if declare -F "$1" >/dev/null; then
		"$@" </dev/null >>"${out}" 2>>"${err}"
		return
	fi
	timeout --kill-after="$((limit < 30 ? limit : 30))" "${limit}" "$@" <"${INPUT}" >>"${out}" 2>>"${err}" &
	CHILD=$!
	wait "${CHILD}" || code=$?
	CHILD=''
	if ((code == 124 || code == 137)) && ((SECONDS - started >= limit)); then HUNG=${limit}; fi
	return "${code}"
}

# failed CODE COMMAND...: reports a command that failed and gives up. CODE 0: it said that all was well.
failed() {
	local code=$1 line
	local -a lines=()
	shift
	{
		say ''
		say "Failed: step ${STEP} (${GUEST:-host}; asked for by ${STEP_SOURCE})"
		say "  command:   ${*@Q}"
		if ((code == 0)); then
			say '  exit code: 0, and yet it did not do what it was to do'
		else
			say "  exit code: ${code}${HUNG:+; it had not ended after ${HUNG} s and was ended (--limit SECONDS gives it more)}"
		fi
		mapfile -t lines < <(tail -n 15 "${WORK}/output" 2>/dev/null || true)
		((${#lines[@]} == 0)) || say '  its last lines:'
		for line in "${lines[@]}"; do say "    ${line}"; done
		say 'What was done before stays. Mend the cause and run the same script again; it goes on from there.'
		say "What the commands printed is in ${LOG#"${ROOT}"}."
	} >&2
	give_up
}

# refuse TEXT: gives up because a step cannot be done safely.
refuse() {
	{
		say ''
		say "Refused: step ${STEP} (${GUEST:-host}; asked for by ${STEP_SOURCE}): $1"
	} >&2
	give_up
}

# give_up: ends the script after a step that failed. With --keep-going, in the turn of a guest, it holds that guest back
# and leaves all functions of the step instead: until `steps` goes on, or after the last step `main`, bash runs no command
# and returns from each function (see `extdebug` in its manual).
give_up() {
	if ((KEEP_GOING == 0 || BASH_SUBSHELL > 0)) || [[ -z ${GUEST_KEY} || " ${FUNCNAME[*]} " != *' steps '* ]]; then finish 4; fi
	hold "step ${STEP} failed"
	UNCHECKED=() READ=''
	trap - ERR
	set +e
	shopt -s extdebug
	trap leave_step DEBUG
}

# leave_step: runs before every command while a step is left.
leave_step() {
	[[ ${FUNCNAME[1]} == steps || ${FUNCNAME[1]} == main ]] || return 2
	trap - DEBUG
	shopt -u extdebug
	set +T
	set -Ee
	trap 'unexpected "${LINENO}" "$?"' ERR
}

# finish CODE: tidies up and ends the script.
finish() {
	trap - EXIT INT TERM HUP ERR
	[[ -z ${WORK} ]] || rm -rf -- "${WORK}"
	exit "$1"
}

# interrupted: a signal came; the step is cut off and the next run goes on from it.
interrupted() {
	# The terminal may be gone.
	{
		say ''
		say "Interrupted in step ${STEP:-(none)}. Run the same script again; it goes on from there."
	} >&2 || true
	# Its command ends before the script does; one that does not is killed.
	if [[ -n ${CHILD} ]]; then
		trap '' INT TERM HUP PIPE
		kill "${CHILD}" 2>/dev/null || true
		wait "${CHILD}" || true
	fi
	finish 130
}

# unexpected LINE CODE: a command of the script itself failed where none should. A subshell leaves it to its parent.
unexpected() {
	((BASH_SUBSHELL == 0)) || exit "$2"
	say "Unexpected failure in line $1 of the script (exit code $2), step ${STEP:-(none)}." >&2 || true
	finish 4
}

# write_file PATH: writes standard input to a file, whole or not at all. Only one run writes at a time, so that the new
# file's name can be the same each time: what a killed run left is written over.
write_file() {
	local temporary="$1.phxc-new"
	mkdir -p -- "${1%/*}" || return 1
	if cat >"${temporary}" && mv -f -- "${temporary}" "$1"; then return 0; fi
	rm -f -- "${temporary}"
	return 1
}

# record PATH: makes an empty file, as a mark that something is still to be done.
record() {
	if { [[ -d ${1%/*} ]] || mkdir -p -- "${1%/*}"; } 2>/dev/null && { : >"$1"; } 2>/dev/null; then return 0; fi
	refuse "no record can be written below ${STATE#"${ROOT}"}"
}

# summary: what this run did; ends the script.
summary() {
	local key text code=0 created=0 changed=0 held=0 same=0 destroyed=0
	end_turn
	for key in "${GUESTS[@]}"; do
		if [[ -n ${HELD[${key}]-} ]]; then
			held=$((held + 1))
		elif [[ -n ${DESTROYED[${key}]-} ]]; then
			destroyed=$((destroyed + 1))
		elif [[ -n ${CREATED[${key}]-} ]]; then
			created=$((created + 1))
		elif [[ -n ${CHANGED[${key}]-} ]]; then
			changed=$((changed + 1))
		else
			same=$((same + 1))
		fi
		[[ -z ${RESTART[${key}]-} ]] || NOTES+=("${RESTART[${key}]}")
		[[ -z ${BEHIND[${key}]-} ]] || NOTES+=("${BEHIND[${key}]}")
	done
	tell_templates
	say ''
	((${#NOTES[@]} == 0)) || say 'Notes:'
	for text in "${NOTES[@]}"; do say "  ${text}"; done
	if checking; then
		say "Guests: ${created} to create, ${changed} to change, ${same} unchanged, ${destroyed} to destroy, ${held} held back. Changes to make: ${COUNT_CHANGES}. Nothing was changed."
		((COUNT_CHANGES + held == 0)) || code=2
	else
		say "Guests: ${created} created, ${changed} changed, ${same} unchanged, ${destroyed} destroyed, ${held} held back. Changes made: ${COUNT_CHANGES}."
		((held == 0)) || code=4
	fi
	finish "${code}"
}
