# --- Work in guests -------------------------------------------------------------------------------

VERIFY=0            # 1: --verify: guests that run are asked, whatever the host remembers
AGENT_SECONDS=300   # for how long the guest agent of a machine that was started is waited for
declare -A MARKS=() # what the host remembers of the guest that was read: name of the work -> mark

# guest_exec SECONDS INPUT COMMAND...: runs a command in the current guest and sets REPLY to what came back: its output, or of
# a virtual machine the answer of its agent, which holds it. Fails when the command did, or did not end in time.
guest_exec() {
	local id=${GUEST_KEY#*.} seconds=$1 input=$2 code=0 source INPUT=/dev/null
	local -a call=()
	shift 2
	if [[ ${GUEST_KEY} == ct.* ]]; then
		call=(pct exec "${id}" -- timeout "${seconds}" "$@")
	else
		call=(qm guest exec "${id}" --timeout "${seconds}")
		[[ -z ${input} ]] || call+=(--pass-stdin 1)
		call+=(-- "$@")
	fi
	if [[ -n ${input} ]]; then
		exec {source}<<<"${input}"
		INPUT=/dev/fd/${source}
	fi
	bounded "$((seconds + 5))" answer answer "${call[@]}" || code=$?
	[[ -z ${input} ]] || exec {source}<&-
	REPLY=$(<"${WORK}/answer")
	# The command's own exit code counts; the tool's is 0 when the command failed.
	if ((code == 0)) && [[ ${call[0]} == qm && ! ${REPLY} =~ \"exitcode\"[[:space:]]*:[[:space:]]*0[^0-9] ]]; then code=1; fi
	return "${code}"
}

# The functions from here to `in_drop` run in the guest, by its own sh: they hold to what every sh understands. The notes of
# a piece of work are in /run/phxc and gone after a restart; the mark that it is done is in /var/lib/phxc, on the guest's disk.

# in_begin NAME MARK SECONDS SHELL WANT: begins the work on standard input, unless it is done or runs already. WANT `verify`
# and `look`: also when it is done, to let the work look at itself.
in_begin() {
	umask 077
	mkdir -p /var/lib/phxc /run/phxc
	cat >"/run/phxc/$1.new"
	if flock -n "/run/phxc/$1.lock" true; then
		current=0
		! grep -qxF -e "$2" "/var/lib/phxc/$1" 2>/dev/null || current=1
		if test "${current}-$5" = 1-work; then
			rm -f "/run/phxc/$1.new"
			echo 'phxc same 0 0 -'
			return 0
		fi
		rm -f "/run/phxc/$1.code"
		: >"/run/phxc/$1.out"
		printf '%s\n' "$2" >"/run/phxc/$1.mark"
		mv "/run/phxc/$1.new" "/run/phxc/$1.sh"
		in_job "$1" "$3" "$4" "PHXC_WANT=$5 PHXC_CURRENT=${current}" >"/run/phxc/$1.job"
		in_detach "$1"
	fi
	in_follow "$1" 0 10
}

# in_job NAME SECONDS SHELL ASSIGNMENTS: prints the script that runs the work, bounded, and marks it as done. What the work
# leaves running must not hold its lock. 90: the work was there and in order.
in_job() {
	cat <<END
exec 9>>/run/phxc/$1.lock
flock 9
export HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $4
cd /
timeout -k 30 $2 $3 /run/phxc/$1.sh </dev/null >>/run/phxc/$1.out 2>&1 9>&-
code=\$?
rm -f /run/phxc/$1.sh
case \$code in 0 | 90) cp /run/phxc/$1.mark /var/lib/phxc/$1.new && mv /var/lib/phxc/$1.new /var/lib/phxc/$1 ;; esac
echo \$code >/run/phxc/$1.code
END
}

# in_detach NAME: runs the job as one that outlives us, and a restart of the guest agent.
in_detach() {
	if test -d /run/systemd/system && systemd-run --quiet --collect --unit="phxc-$1" sh "/run/phxc/$1.job"; then return 0; fi
	setsid sh "/run/phxc/$1.job" </dev/null >/dev/null 2>&1 &
}

# in_follow NAME OFFSET SECONDS: waits so long for the end of the work, then prints one line (`phxc STATE CODE OFFSET MARK`) and
# the next part of its output.
in_follow() {
	left=$3
	while test "${left}" -gt 0 && test ! -e "/run/phxc/$1.code"; do
		sleep 1
		left=$((left - 1))
	done
	state='running 0'
	if test -e "/run/phxc/$1.code"; then
		read -r state <"/run/phxc/$1.code"
		state="ended ${state}"
	elif flock -n "/run/phxc/$1.lock" true; then
		state='died 1'
	fi
	size=$(wc -c <"/run/phxc/$1.out")
	if test "$((size - $2))" -gt 49152; then
		size=$(($2 + 49152))
		state='running 0'
	fi
	read -r mark <"/run/phxc/$1.mark"
	echo "phxc ${state} ${size} ${mark}"
	{ tail -c "+$(($2 + 1))" "/run/phxc/$1.out" | head -c "$((size - $2))" | base64 | tr -d '\n'; } || true
}

# in_drop NAME: forgets that the work was done.
in_drop() { rm -f "/var/lib/phxc/$1"; }

# in_guest INPUT VERB ARGUMENT...: runs one of the functions above in the guest; INPUT is what it reads, if anything. A machine
# that was just started is given time until its agent answers.
in_guest() {
	local input=$1 program code deadline=$((SECONDS + AGENT_SECONDS))
	local -r end="PHXC_END_${RANDOM}${RANDOM}${RANDOM}"
	shift
	program=$(declare -f in_begin in_job in_detach in_follow in_drop)
	program+=$'\nset -u\nverb=$1\nshift\n"in_${verb}" "$@"'" <<'${end}'"$'\n'"${input}"$'\n'"${end}"
	while true; do
		code=0
		guest_exec 30 "${program}" sh -s -- "$@" || code=$?
		if ((code == 0)) || ((SECONDS >= deadline)) || [[ ${REPLY} != *'guest agent is not running'* ]]; then return "${code}"; fi
		sleep 2
	done
}

# root_disk KIND: sets REPLY to what tells the root disk of the guest that was read from that of another guest: its volume
# (which is renamed when the guest becomes a template) and, of a virtual machine, the id that a clone or a rollback renews.
root_disk() {
	local slot value order=${CURRENT[boot]-}
	local -a slots=(rootfs)
	[[ $1 == ct ]] || IFS='; ' read -r -a slots <<<"${order#order=} scsi0 virtio0 sata0 ide0"
	REPLY=''
	for slot in "${slots[@]}"; do
		value=${CURRENT[${slot}]-}
		[[ ${slot} != net* && ${value} == *:* && ${value} != *media=cdrom* ]] || continue
		value=${value%%,*}
		REPLY=${value##*[:/]}
		REPLY=${REPLY/#basevol-/subvol-}
		REPLY="${value%%:*}:${REPLY/#base-/vm-} ${CURRENT[vmgenid]-}"
		return 0
	done
}

# read_marks KIND ID: reads what the host remembers of the work that was done in a guest. It counts only for the disk that
# carries the guest's own marks.
read_marks() {
	local key mark
	MARKS=()
	read_conf "$1" "$2"
	root_disk "$1"
	[[ -r ${STATE}/guest/$2 ]] || return 0
	while read -r key mark; do
		if [[ ${key} != disk ]]; then
			MARKS[${key}]=${mark}
		elif [[ ${mark} != "${REPLY% }" ]]; then
			return 0
		fi
	done <"${STATE}/guest/$2"
}

# write_marks KIND ID: writes it.
write_marks() {
	local key
	read_conf "$1" "$2"
	root_disk "$1"
	{
		printf 'disk %s\n' "${REPLY}"
		for key in "${!MARKS[@]}"; do printf '%s %s\n' "${key}" "${MARKS[${key}]}"; done | sort || true
	} | write_file "${STATE}/guest/$2" || refuse "no record can be written below ${STATE#"${ROOT}"}"
}

# copy_marks KIND ID SOURCE COMMAND...: a clone (of `ct 900`, if it is one) as its source is now has what its source has; of a
# snapshot it is not known what that had.
copy_marks() {
	local kind=$1 id=$2 source=$3
	[[ -n ${source} && " $* " != *' --snapname '* ]] || return 0
	read_marks "${source% *}" "${source#* }"
	((${#MARKS[@]} == 0)) || write_marks "${kind}" "${id}"
}

# driver_version: sets REPLY to the version of the host's NVIDIA driver; fails where there is none.
driver_version() {
	local text='' pattern=' Module[^.]* ([0-9]+[.][0-9.]+) '
	REPLY=''
	[[ -r ${ROOT}/proc/driver/nvidia/version ]] && text=$(<"${ROOT}/proc/driver/nvidia/version")
	[[ ${text} =~ ${pattern} ]] || return 1
	REPLY=${BASH_REMATCH[1]}
}

# host_value SIGN SOURCE: sets REPLY to what the host says at run time for a parameter, and adds to `mark` what tells one such
# value from another. A file may be made by an earlier step: a check need not find it.
host_value() {
	local sum
	REPLY=''
	case $1 in
	@file)
		if [[ ! -r ${ROOT}$2 ]]; then
			checking || refuse "there is no file $2 on the host"
			mark+='.missing'
			return 0
		fi
		REPLY=$(<"${ROOT}$2")
		sum=$(sha256sum <<<"${REPLY}")
		mark+=".${sum:0:16}"
		;;
	@driver)
		driver_version || checking || refuse 'the host has no NVIDIA driver'
		mark+=".${REPLY:-missing}"
		;;
	*)
		checking && return 0
		secret "$2"
		REPLY=${REPLY%"${REPLY##*[!$'\n']}"}
		;;
	esac
}

# parameters [NAME=VALUE | NAME @file PATH | NAME @driver - | NAME @secret SOURCE]...: sets REPLY to assignments for the guest's
# shell, PARAM_NAME each, and completes `mark`.
parameters() {
	local name value text=''
	while (($# > 0)); do
		if [[ $1 == *=* ]]; then
			name=${1%%=*}
			value=${1#*=}
			shift
		else
			name=$1
			host_value "$2" "$3"
			value=${REPLY}
			shift 3
		fi
		text+="export PARAM_${name^^}='${value//\'/\'\\\'\'}'"$'\n'
	done
	REPLY=${text}
}

# work NAME --digest D --seconds S --shell SHELL FUNCTION [PARAMETER...]: does a piece of work in the guest once: again only
# when its text or its parameters have changed. FUNCTION prints the script; NAME is that of the mark.
work() {
	active || return 0
	local name=$1 mark=$3 seconds=$5 shell=$7 script=$8 kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.} want=work assignments known
	parameters "${@:9}"
	assignments=${REPLY}
	read_marks "${kind}" "${id}"
	known=${MARKS[${name}]-}
	if [[ ${known} == "${mark}" ]] && { ((VERIFY == 0)) || ! is_running "${kind}" "${id}"; }; then return 0; fi
	if [[ ${CURRENT[template]-} == 1 ]]; then
		[[ ${known} == "${mark}" ]] || stale "${name/./ }"
		return 0
	fi
	((VERIFY == 0)) || want=verify
	if checking; then
		check_work
		return 0
	fi
	unlocked || return 0
	wake "${kind}" "${id}"
	work_now "${mark}" "${want}"
	if [[ ${WORKED} == yes ]]; then change '+' "${name/./ }${known:+, again}"; fi
	MARKS[${name}]=${mark}
	write_marks "${kind}" "${id}"
}

# check_work: what a check tells, for `work`, whose variables it sees. With --verify a guest that runs is asked.
check_work() {
	if ((VERIFY == 1)) && is_running "${kind}" "${id}"; then
		work_now "${mark}" look
		[[ ${WORKED} != no ]] || return 0
	elif [[ ${known} == "${mark}" ]]; then
		return 0
	fi
	change '+' "${name/./ }${known:+, again}"
}

WORKED='' # whether `work_now` changed something, or would have to: yes or no
# work_now MARK WANT: does it, for `work`, whose variables it sees, and follows it to its end: what it prints goes to the log,
# and its last line each time to the reader. Work that an earlier run of ours began is followed, not begun twice.
work_now() {
	local text state code offset found part log=${LOG} deadline=$((SECONDS + seconds + 120)) lost=0
	local -a ask=(begin "${name}" "$1" "${seconds}" "${shell}" "$2") last=()
	text=$(feature_tools && "${script}")
	text="${assignments}${text}"
	: >"${WORK}/output"
	! checking || log=/dev/null
	printf '%(%F %T)T + %s\n' -1 "${name/./ } in ${GUEST}" >>"${log}"
	while true; do
		if ! in_guest "${text}" "${ask[@]}" || [[ ! ${REPLY} =~ phxc\ (same|running|ended|died)\ ([0-9]+)\ ([0-9]+)\ ([^[:space:]\\\"]+)(\\n|[[:space:]]|$)([A-Za-z0-9+/=]*) ]]; then
			# The agent of a machine may be about to start again.
			printf '%s\n' "${REPLY}" >"${WORK}/output"
			lost=$((lost + 1))
			if [[ ${kind} == ct ]] || ((lost == 5)) || [[ ${REPLY} == *'guest agent is not running'* ]]; then failed 1 "${name/./ }"; fi
			sleep 2
			continue
		fi
		state=${BASH_REMATCH[1]} code=${BASH_REMATCH[2]} offset=${BASH_REMATCH[3]} found=${BASH_REMATCH[4]} part=${BASH_REMATCH[6]}
		text='' lost=0
		[[ -z ${part} ]] || { base64 -d <<<"${part}" | tee -a "${WORK}/output" >>"${log}"; } || true
		[[ ${state} == running ]] || break
		if ((SECONDS >= deadline)); then
			state=died code=124
			break
		fi
		mapfile -t last < <(tail -n 1 "${WORK}/output" || true)
		[[ -z ${last[0]-} ]] || say "  ${GUEST}: ${name/./ }: ${last[0]}"
		ask=(follow "${name}" "${offset}" 10)
	done
	READ=''
	end_work "$1" "$2"
}

# end_work MARK WANT: judges how it ended, for `work_now`, whose variables it sees. 90: it was there and in order; 91: it was not.
end_work() {
	WORKED=no
	[[ ${state} != same ]] || return 0
	if [[ ${found} != "$1" && ${state} == ended ]]; then
		# That was another one of an earlier run.
		work_now "$@"
		return 0
	fi
	if ((code == 124)); then printf '%s\n' "(it did not end within ${seconds} s)" >>"${WORK}/output"; fi
	if [[ ${state} == died ]]; then
		((code == 124)) || printf '%s\n' '(it was cut off: did the guest stop?)' >>"${WORK}/output"
		failed "${code}" "${name/./ }"
	fi
	case ${code} in
	0 | 91) WORKED=yes ;;
	90) ;;
	*) failed "${code}" "${name/./ }" ;;
	esac
}

# wake KIND ID: starts the guest for work in it, if it does not run. A record says so until `rest` has stopped it again.
wake() {
	! is_running "$1" "$2" || return 0
	local tool=qm
	[[ $1 == vm ]] || tool=pct
	record "${STATE}/woken/$2"
	say "  ${GUEST}: started, for the work in it"
	run_detached "${tool}" start "$2"
}

# rest COMMAND...: stops a guest that only the work in it has started.
rest() {
	active || return 0
	local id=${GUEST_KEY#*.}
	[[ -e ${STATE}/woken/${id} ]] || return 0
	if checking; then return 0; fi
	if is_running "${GUEST_KEY%%.*}" "${id}"; then
		say "  ${GUEST}: stopped again"
		run "$@"
		read_sockets
	fi
	rm -f -- "${STATE}/woken/${id}"
}
