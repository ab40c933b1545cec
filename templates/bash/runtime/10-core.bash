# --- Messages, steps and the end ------------------------------------------------------------------

# Every path of the host that the script touches itself starts with ROOT; it is empty except in a rehearsal.
readonly ROOT="${PHXC_ROOT-}"
readonly PVE="${ROOT}/etc/pve"
readonly STATE="${ROOT}/var/lib/phxc"
MODE=apply         # apply or check
ONLY=()            # ids and names given with --only
FROM=''            # step given with --from
STEP=''            # id of the step being run
STEP_SOURCE=''     # file that asked for it
STEP_ACTIVE=1      # 0: the step is not to be run now
GUEST=''           # the guest whose turn it is, as "ct 103 step-ca"; empty for the host
GUEST_KEY=''       # the same as "ct.103"
GUEST_ACTIVE=1     # 0: the guest is held back or not asked for
WORK=''            # folder for temporary files, removed at the end
declare -A HELD=() # guest key -> why it is held back
declare -A CREATED=() CHANGED=() RESTART=() TOUCHED=()
COUNT_CHANGES=0
COUNT_STEPS=0
COUNT_GUESTS=0
NOTES=()

# say TEXT...: one line for the reader.
say() { printf '%s\n' "$*"; }

# shown VALUE: sets REPLY to the value in a form that cannot disturb a terminal or a log.
shown() {
	if [[ $1 =~ ^[[:print:]]*$ ]]; then
		REPLY=$1
	else
		printf -v REPLY '%q' "$1"
	fi
}

# label: sets REPLY to what the current step belongs to.
label() { REPLY="${GUEST:-host}"; }

# change SIGN TEXT: announces one change, made or (with --check) to be made, and counts it.
change() {
	label
	say "$1 ${REPLY}: $2"
	COUNT_CHANGES=$((COUNT_CHANGES + 1))
	if [[ -n ${GUEST_KEY} ]]; then
		TOUCHED[${GUEST_KEY}]=1
		CHANGED[${GUEST_KEY}]=1
	fi
}

# note TEXT: something to know that is not a change; repeated in the summary.
note() {
	label
	NOTES+=("${REPLY}: $1")
}

# checking: whether this run only looks.
checking() { [[ ${MODE} == check ]]; }

# guest KIND ID NAME [NEEDED...]: begins a guest's turn. It is held back when one that it needs is.
guest() {
	GUEST="$1 $2 $3"
	GUEST_KEY="$1.$2"
	GUEST_ACTIVE=1
	STEP_ACTIVE=1
	local needed
	for needed in "${@:4}"; do
		if [[ -n ${HELD[${needed}]-} && -z ${HELD[${GUEST_KEY}]-} ]]; then
			HELD[${GUEST_KEY}]="it needs ${needed/./ }, which is held back"
		fi
	done
	if ((${#ONLY[@]} > 0)) && [[ " ${ONLY[*]} " != *" $2 "* && " ${ONLY[*]} " != *" $3 "* ]]; then
		GUEST_ACTIVE=0
	elif [[ -n ${HELD[${GUEST_KEY}]-} ]]; then
		GUEST_ACTIVE=0
		say "! ${GUEST}: held back: ${HELD[${GUEST_KEY}]}"
	fi
}

# no_guest: what follows belongs to the host.
no_guest() {
	GUEST='' GUEST_KEY='' GUEST_ACTIVE=1
}

# step ID FILE: begins a step; the command below it runs only while `active`.
step() {
	STEP=$1
	STEP_SOURCE=$2
	STEP_ACTIVE=${GUEST_ACTIVE}
	if [[ ${MODE} == list ]]; then
		say "$1"
		STEP_ACTIVE=0
	elif [[ -n ${FROM} ]]; then
		if [[ ${FROM} == "$1" ]]; then FROM=''; else STEP_ACTIVE=0; fi
	elif [[ -z ${GUEST_KEY} ]] && ((${#ONLY[@]} > 0)); then
		STEP_ACTIVE=0
	fi
	COUNT_STEPS=$((COUNT_STEPS + STEP_ACTIVE))
}

# active: whether the current step is to be done in this run.
active() { ((STEP_ACTIVE == 1)); }

# run COMMAND...: runs one command that changes something, with nothing on its standard input. Its output goes to the log
# and into ${WORK}/output. Ends the script with a report when it fails.
run() {
	attempt "$@" || failed "$?" "$@"
}

# attempt COMMAND...: the same, but hands the exit code to its caller.
attempt() {
	local code=0
	printf '+ %s\n' "${*@Q}" >>"${WORK}/log"
	"$@" </dev/null >"${WORK}/output" 2>&1 || code=$?
	cat "${WORK}/output" >>"${WORK}/log"
	return "${code}"
}

# failed CODE COMMAND...: reports a command that failed and ends the script.
failed() {
	local code=$1
	shift
	{
		say ''
		label
		say "Failed: step ${STEP} (${REPLY}; asked for by ${STEP_SOURCE})"
		say "  command:   ${*@Q}"
		say "  exit code: ${code}"
		if [[ -s ${WORK}/output ]]; then
			say '  its last lines:'
			tail -n 15 "${WORK}/output" | sed 's/[^[:print:][:space:]]/?/g; s/^/    /'
		fi
		say 'What was done before stays. Mend the cause and run the same script again; it goes on from there.'
	} >&2
	finish 4
}

# refuse TEXT: ends the script because a step cannot be done safely.
refuse() {
	label
	say '' >&2
	say "Refused: step ${STEP} (${REPLY}; asked for by ${STEP_SOURCE}): $1" >&2
	finish 4
}

# finish CODE: tidies up and ends the script.
finish() {
	trap - EXIT INT TERM HUP ERR
	if [[ -n ${WORK} ]]; then
		keep_log
		rm -rf "${WORK}"
	fi
	exit "$1"
}

# keep_log: appends what the commands printed to the plan's log on the host.
keep_log() {
	[[ ${MODE} == apply && -s ${WORK}/log ]] || return 0
	if mkdir -p "${STATE}/log"; then cat "${WORK}/log" >>"${STATE}/log/${PLAN_DIGEST:0:12}.log"; fi
}

# interrupted: a signal came; the step is cut off and the next run goes on from it.
interrupted() {
	say '' >&2
	say "Interrupted in step ${STEP:-(none)}. Run the same script again; it goes on from there." >&2
	finish 130
}

# unexpected LINE CODE: a command of the script itself failed where none should.
unexpected() {
	say "Unexpected failure in line $1 (exit code $2), step ${STEP:-(none)}." >&2
	finish 4
}

# write_file PATH: writes standard input to a file, whole or not at all.
write_file() {
	local temporary="$1.tmp.$$"
	cat >"${temporary}" && mv -f -- "${temporary}" "$1"
}

# summary: what this run did; ends the script.
summary() {
	local key name code=0
	if [[ -n ${FROM} ]]; then
		say "There is no step ${FROM}; --list prints them." >&2
		finish 64
	fi
	for key in "${!RESTART[@]}"; do
		NOTES+=("${key/./ }: ${RESTART[${key}]}")
	done
	if ((${#NOTES[@]} > 0)); then
		say ''
		say 'Notes:'
		printf '%s\n' "${NOTES[@]}" | sort | sed 's/^/  /'
	fi
	for key in "${!CREATED[@]}"; do unset "CHANGED[${key}]"; done
	for key in "${!HELD[@]}"; do unset "CREATED[${key}]" "CHANGED[${key}]"; done
	say ''
	name='done'
	if checking; then name='to do'; fi
	say "Guests: ${#CREATED[@]} created, ${#CHANGED[@]} changed, $((COUNT_GUESTS - ${#CREATED[@]} - ${#CHANGED[@]} - ${#HELD[@]})) unchanged, 0 destroyed, ${#HELD[@]} held back. Changes ${name}: ${COUNT_CHANGES}."
	if ((COUNT_CHANGES > 0)) && checking; then code=2; fi
	if ((${#HELD[@]} > 0)); then
		if checking; then code=2; else code=4; fi
	fi
	finish "${code}"
}
