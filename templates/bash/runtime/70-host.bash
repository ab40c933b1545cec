# --- Directories and images of the host -----------------------------------------------------------

declare -A OWNER=() # owners that were read, by path below ROOT

# read_owners PATH...: reads owners and modes of the directories and files of the plan with one command. Those that are not
# there yet are read in their turn.
read_owners() {
	[[ ${MODE} != list ]] || return 0
	local owner mode path
	# It fails for those that are not there and tells of the others.
	ask stat -c '%u:%g %a %n' -- "${@/#/"${ROOT}"}" || true
	while read -r owner mode path; do
		[[ -z ${path} ]] || OWNER[${path}]=${owner} ACCESS[${path}]=${mode}
	done <<<"${REPLY}"
}

# directory [--mode MODE] PATH [OWNER]: the directory exists, with this mode, and belongs to OWNER (uid:gid as the host sees
# them, or names of the host).
directory() {
	active || return 0
	local path mode='' owner text=''
	if [[ $1 == --mode ]]; then
		mode=$2
		shift 2
	fi
	path="${ROOT}$1"
	owner_number "${2-}"
	owner=${REPLY}
	if [[ -d ${path} ]]; then
		[[ -n ${mode}${owner} ]] || return 0
		[[ -n ${ACCESS[${path}]-} ]] || read_owners "$1"
		[[ -z ${owner} || ${OWNER[${path}]-} == "${owner}" ]] || text="owner of $1: ${OWNER[${path}]-} -> ${2}"
		[[ -z ${mode} || ${ACCESS[${path}]-} == "${mode}" ]] ||
			text+="${text:+, }mode ${ACCESS[${path}]-} -> ${mode}"
		[[ -n ${text} ]] || return 0
		[[ ${text} == owner* ]] || text="mode of $1: ${text#mode }"
	elif [[ -e ${path} ]]; then
		hold "$1 is not a directory"
		return 0
	fi
	if ! checking; then
		run mkdir -p -- "${path}"
		[[ -z ${owner} || ${OWNER[${path}]-} == "${owner}" ]] || run chown "${owner}" -- "${path}"
		[[ -z ${mode} || ${ACCESS[${path}]-} == "${mode}" ]] || run chmod "${mode}" -- "${path}"
		OWNER[${path}]=${owner} ACCESS[${path}]=${mode}
	fi
	if [[ -z ${text} ]]; then
		change '+' "directory $1${2:+ of $2}"
	else
		change '~' "${text}"
	fi
}

# entry_of FILE NAME: sets REPLY to the line of a name in /etc/passwd or /etc/group; fails when there is none.
entry_of() {
	local -a lines=()
	[[ ! -r ${ROOT}$1 ]] || mapfile -t lines <"${ROOT}$1"
	for REPLY in "${lines[@]}"; do [[ ${REPLY} != "$2:"* ]] || return 0; done
	return 1
}

# owner_number OWNER: sets REPLY to uid:gid of an owner that is given by names (`heads`, `heads:users`); a name alone stands for
# the user with the group of the account. With --check the account may not be there yet.
owner_number() {
	local uid gid rest
	REPLY=$1
	[[ -n $1 && ! $1 =~ ^[0-9]+:[0-9]+$ ]] || return 0
	if entry_of /etc/passwd "${1%%:*}"; then
		IFS=: read -r rest rest uid gid rest <<<"${REPLY}"
		[[ $1 != *:* ]] || gid=''
		if [[ -z ${gid} ]] && entry_of /etc/group "${1#*:}"; then IFS=: read -r rest rest gid rest <<<"${REPLY}"; fi
	fi
	REPLY="${uid-}:${gid-}"
	[[ ${REPLY} =~ ^[0-9]+:[0-9]+$ ]] || REPLY=''
	[[ -n ${REPLY} ]] || checking || refuse "the host has no user or group $1"
}

# image [--sha256 SUM] PATH COMMAND...: fetches a file that is not there. A download goes beside its place (the command writes
# PATH.part), is verified when a checksum is declared, and is then renamed; one that fails leaves nothing.
image() {
	active || return 0
	local sum='' code=0 live=''
	if [[ $1 == --sha256 ]]; then
		sum=$2
		shift 2
	fi
	local path=$1 part="$1.part"
	shift
	[[ ! -s ${ROOT}${path} ]] || return 0
	if checking; then
		change '+' "image ${path}"
		return 0
	fi
	if [[ $1 != wget ]]; then
		run "$@"
	else
		mkdir -p -- "${ROOT}${path%/*}"
		attempt "${@/#"${part}"/"${ROOT}${part}"}" || code=$?
		part="${ROOT}${part}"
		if ((code == 0)) && [[ -n ${sum} ]]; then
			live=$(sha256sum -- "${part}")
			live=${live%% *}
		fi
		if ((code != 0)) || [[ ${live} != "${sum}" ]]; then rm -f -- "${part}"; fi
		((code == 0)) || failed "${code}" "$@"
		[[ ${live} == "${sum}" ]] || refuse "the checksum of what came for ${path} is ${live}, declared as ${sum}; it was removed"
		mv -f -- "${part}" "${ROOT}${path}"
	fi
	[[ -s ${ROOT}${path} ]] || failed 0 "$@"
	change '+' "image ${path}"
}

# unless PROBE-WORDS PROBE... COMMAND...: for plugins. Runs COMMAND when PROBE (that many words) fails.
unless() {
	active || return 0
	local -i count=$1 after=$1+1
	shift
	! ask "${@:1:count}" || return 0
	act_on "${@:after}"
}

# unless_says TEXT PROBE-WORDS PROBE... COMMAND...: the same, when PROBE does not print TEXT.
unless_says() {
	active || return 0
	local text=$1
	local -i count=$2 after=$2+1
	shift 2
	if ask "${@:1:count}" && [[ ${REPLY} == "${text}" ]]; then return 0; fi
	act_on "${@:after}"
}

# act_on COMMAND...
act_on() {
	checking || run "$@"
	change '~' "${*@Q}"
}
