# --- Directories and images of the host -----------------------------------------------------------

declare -A OWNER=() # owners that were read, by path below ROOT

# read_owners PATH...: reads owners and modes of the directories and files of the plan with one command. Those that are not
# there yet are read in their turn.
read_owners() {
	[[ ${MODE} != list ]] || return 0
	local owner mode path
	# It fails for those that are not there and tells of the others.
	ask stat -L -c '%u:%g %a %n' -- "${@/#/"${ROOT}"}" || true
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
	if foreign_link "$1"; then
		hold "${REPLY}"
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

# image [--sha256 SUM | --sha512 SUM] [--unpack PROGRAM] PATH COMMAND...: fetches a file that is not there. A download goes beside its
# place (the command writes PATH.part), is compared with its checksum, unpacked, and then renamed; one that fails leaves nothing. What
# a file was compared with is noted, so that it is read once: a file that this made is replaced when another checksum is declared,
# and one that somebody else put there is refused when it is another one.
image() {
	active || return 0
	local sums='' sum='' unpack='' sign='+'
	while [[ $1 == --* ]]; do
		case $1 in
		--unpack) unpack=$2 ;;
		*) sums=${1#--}sum sum=$2 ;;
		esac
		shift 2
	done
	local path=$1 escaped=${1//%/%25}
	local mark="${STATE}/images/${escaped//\//%2F}"
	shift
	if [[ -s ${ROOT}${path} ]]; then
		if image_holds; then return 0; fi
		sign='~'
	fi
	if ! checking; then
		if [[ $1 != pveam ]]; then image_fetch "$@"; else run "$@"; fi
		[[ -s ${ROOT}${path} ]] || failed 0 "$@"
	fi
	change "${sign}" "image ${path}"
}

# image_holds: for `image`, whose variables it sees: whether the file that is there is the declared one. Fails when it is to be replaced.
image_holds() {
	[[ -n ${sum} ]] || return 0
	local noted=''
	[[ ! -r ${mark} ]] || noted=$(<"${mark}")
	[[ ${noted} != "${sums} ${sum}" ]] || return 0
	[[ -z ${noted} ]] || return 1
	[[ -z ${unpack} ]] || refuse "${path} is there, and nobody knows what it was unpacked from; move it away"
	image_sum "${ROOT}${path}"
	[[ ${REPLY} == "${sum}" ]] || refuse "the checksum of ${path} is ${REPLY}, declared as ${sum}; it was there before: move it away"
	checking || image_note
}

# image_sum FILE: sets REPLY to its checksum.
image_sum() {
	REPLY=$("${sums}" -- "$1")
	REPLY=${REPLY%% *}
}

# image_note: notes what the file of `image` was compared with.
image_note() { printf '%s\n' "${sums} ${sum}" | write_file "${mark}" || refuse "no record can be written below ${STATE#"${ROOT}"}"; }

# image_fetch COMMAND...: for `image`, whose variables it sees. The old file goes before the note is written, and the new one comes
# after it: a run that is killed in between leaves no file beside a note that is not about it.
image_fetch() {
	local part="${path}.part" code=0
	mkdir -p -- "${ROOT}${path%/*}"
	# What an interrupted run left is not written on.
	rm -f -- "${ROOT}${part}" "${ROOT}${part}.unpacked"
	set -- "${@/#"${part}"/"${ROOT}${part}"}"
	attempt "${@/#"oci-archive:${part}"/"oci-archive:${ROOT}${part}"}" || code=$?
	if ((code == 0)) && [[ -n ${sum} ]]; then
		image_sum "${ROOT}${part}"
		if [[ ${REPLY} != "${sum}" ]]; then
			rm -f -- "${ROOT}${part}"
			refuse "the checksum of what came for ${path} is ${REPLY}, declared as ${sum}; it was removed"
		fi
	fi
	if ((code == 0)) && [[ -n ${unpack} ]]; then
		set -- sh -c 'exec "$1" -dc -- "$2" >"$2.unpacked"' sh "${unpack}" "${ROOT}${part}"
		attempt "$@" || code=$?
		rm -f -- "${ROOT}${part}"
		part+='.unpacked'
	fi
	if ((code != 0)); then
		rm -f -- "${ROOT}${part}"
		failed "${code}" "$@"
	fi
	if [[ -n ${sum} ]]; then
		rm -f -- "${ROOT}${path}"
		image_note
	fi
	mv -f -- "${ROOT}${part}" "${ROOT}${path}"
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
