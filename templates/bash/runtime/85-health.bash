# --- The health of guests on demand ---------------------------------------------------------------

REPORT=table # how a plan of this kind tells what it found: table, json or junit
REPORT_FD=1  # and where
# What came of each check that was asked: 0 in HEALTH_CODES is passed, HEALTH_TEXTS the end of what it printed.
HEALTH_GUESTS=() HEALTH_NAMES=() HEALTH_KINDS=() HEALTH_CODES=() HEALTH_TRIES=() HEALTH_SECONDS=() HEALTH_TEXTS=()

# only_health: whether the plan changes nothing, and asks for the health of guests.
only_health() { [[ ${PLAN_ACTION-} == health ]]; }

# begin_health: there is nothing to lock, and nothing to apply. A report for programs has the standard output for itself.
begin_health() {
	MODE=check
	if [[ ${REPORT} != table ]]; then exec {REPORT_FD}>&1 1>&2; fi
}

# ask_health KIND ARGUMENT...: asks one check, for `check`, whose variables it sees, and remembers what came of it.
ask_health() {
	local began=${SECONDS} code=0 line text='' kind=${GUEST_KEY%%.*} id=${GUEST_KEY#*.}
	local -a lines=()
	if is_running "${kind}" "${id}"; then
		try_check 0 "$@" || code=$?
	else
		code=1 TRIES=0
		printf 'it does not run\n' >"${WORK}/output"
		say "! ${GUEST}: check ${name}: it does not run" >&2
	fi
	if ((code != 0)); then mapfile -t lines < <(tail -n 15 "${WORK}/output" || true); fi
	for line in "${lines[@]}"; do
		plain "${line:0:500}"
		text+="${text:+$'\n'}${PLAIN}"
	done
	HEALTH_GUESTS+=("${GUEST}") HEALTH_NAMES+=("${name}") HEALTH_KINDS+=("$1") HEALTH_CODES+=("${code}")
	HEALTH_TRIES+=("${TRIES}") HEALTH_SECONDS+=("$((SECONDS - began))") HEALTH_TEXTS+=("${text}")
}

# end_health: tells what was found, and ends the script: with 7 when a check did not pass.
end_health() {
	local code failures=0
	for code in "${HEALTH_CODES[@]}"; do
		((code == 0)) || failures=$((failures + 1))
	done
	report_"${REPORT}" "${failures}" >&"${REPORT_FD}"
	((failures == 0)) || finish 7
	finish 0
}

# report_table FAILURES: a line for each check, for people.
report_table() {
	local i result last
	local -i wide=5 long=5
	for i in "${!HEALTH_NAMES[@]}"; do
		if ((${#HEALTH_GUESTS[i]} > wide)); then wide=${#HEALTH_GUESTS[i]}; fi
		if ((${#HEALTH_NAMES[i]} > long)); then long=${#HEALTH_NAMES[i]}; fi
	done
	printf '\n%-*s  %-*s  %-10s  %-8s  %s\n' "${wide}" GUEST "${long}" CHECK KIND ATTEMPTS RESULT
	for i in "${!HEALTH_NAMES[@]}"; do
		result=passed
		if ((HEALTH_CODES[i] != 0)); then
			last=${HEALTH_TEXTS[i]##*$'\n'}
			result="failed${last:+: ${last:0:80}}"
		fi
		printf '%-*s  %-*s  %-10s  %-8s  %s\n' "${wide}" "${HEALTH_GUESTS[i]}" "${long}" "${HEALTH_NAMES[i]}" \
			"${HEALTH_KINDS[i]}" "${HEALTH_TRIES[i]}" "${result}"
	done
	printf 'Checks: %s passed, %s failed.\n' "$((${#HEALTH_NAMES[@]} - $1))" "$1"
}

# json_text TEXT: sets REPLY to a string of JSON. `plain` has left nothing but printable ASCII, and the ends of lines.
json_text() {
	local escape="\\"
	REPLY=${1//"${escape}"/"${escape}${escape}"}
	REPLY=${REPLY//'"'/'\"'}
	REPLY="\"${REPLY//$'\n'/'\n'}\""
}

# report_json FAILURES: one object, for programs.
report_json() {
	local i kind id name guest check text result end
	printf '{\n  "format": "phxc-health",\n  "formatVersion": 1,\n  "plan": "%s",\n' "${PLAN_DIGEST}"
	printf '  "passed": %s,\n  "failed": %s,\n  "checks": [' "$((${#HEALTH_NAMES[@]} - $1))" "$1"
	for i in "${!HEALTH_NAMES[@]}"; do
		read -r kind id name <<<"${HEALTH_GUESTS[i]}"
		json_text "${name}"
		guest=${REPLY}
		json_text "${HEALTH_NAMES[i]}"
		check=${REPLY}
		json_text "${HEALTH_TEXTS[i]}"
		text=${REPLY}
		result=passed end=,
		((HEALTH_CODES[i] == 0)) || result=failed
		((i + 1 < ${#HEALTH_NAMES[@]})) || end=''
		printf '\n    { "guest": { "kind": "%s", "id": %s, "name": %s }, "check": %s, "kind": "%s", "result": "%s", ' \
			"${kind}" "${id}" "${guest}" "${check}" "${HEALTH_KINDS[i]}" "${result}"
		printf '"code": %s, "attempts": %s, "seconds": %s, "output": %s }%s' \
			"${HEALTH_CODES[i]}" "${HEALTH_TRIES[i]}" "${HEALTH_SECONDS[i]}" "${text}" "${end}"
	done
	printf '\n  ]\n}\n'
}

# xml_text TEXT: sets REPLY to text for XML, in an element or in an attribute.
xml_text() {
	REPLY=${1//'&'/'&amp;'}
	REPLY=${REPLY//'<'/'&lt;'}
	REPLY=${REPLY//'>'/'&gt;'}
	REPLY=${REPLY//'"'/'&quot;'}
}

# report_junit FAILURES: test cases, a suite for each guest, as test runners write them.
report_junit() {
	local i guest='' name text
	local -A tests=() failures=() seconds=()
	for i in "${!HEALTH_NAMES[@]}"; do
		guest=${HEALTH_GUESTS[i]}
		tests[${guest}]=$((${tests[${guest}]-0} + 1))
		failures[${guest}]=$((${failures[${guest}]-0} + (HEALTH_CODES[i] != 0)))
		seconds[${guest}]=$((${seconds[${guest}]-0} + HEALTH_SECONDS[i]))
	done
	printf '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="phxc health" tests="%s" failures="%s">\n' "${#HEALTH_NAMES[@]}" "$1"
	guest=''
	for i in "${!HEALTH_NAMES[@]}"; do
		xml_text "${HEALTH_GUESTS[i]}"
		name=${REPLY}
		if [[ ${HEALTH_GUESTS[i]} != "${guest}" ]]; then
			[[ -z ${guest} ]] || printf '  </testsuite>\n'
			guest=${HEALTH_GUESTS[i]}
			printf '  <testsuite name="%s" tests="%s" failures="%s" time="%s">\n' \
				"${name}" "${tests[${guest}]}" "${failures[${guest}]}" "${seconds[${guest}]}"
		fi
		xml_text "${HEALTH_NAMES[i]}"
		printf '    <testcase classname="%s" name="%s" time="%s"' "${name}" "${REPLY}" "${HEALTH_SECONDS[i]}"
		if ((HEALTH_CODES[i] == 0)); then
			printf '/>\n'
		else
			xml_text "${HEALTH_TEXTS[i]}"
			text=${REPLY}
			printf '>\n      <failure type="%s" message="did not pass in %s attempts, exit code %s">%s</failure>\n    </testcase>\n' \
				"${HEALTH_KINDS[i]}" "${HEALTH_TRIES[i]}" "${HEALTH_CODES[i]}" "${text}"
		fi
	done
	[[ -z ${guest} ]] || printf '  </testsuite>\n'
	printf '</testsuites>\n'
}
