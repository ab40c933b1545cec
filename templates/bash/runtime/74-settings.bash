# --- Settings of the host -------------------------------------------------------------------------

declare -A INSTALLED=() # packages of Debian that are installed
INSTALLED_READ=0        # 1: they have been read

# read_packages: what dpkg has noted as installed; without a process.
read_packages() {
	local line name=''
	local -a lines=()
	((INSTALLED_READ == 0)) || return 0
	INSTALLED_READ=1 INSTALLED=()
	[[ ! -r ${ROOT}/var/lib/dpkg/status ]] || mapfile -t lines <"${ROOT}/var/lib/dpkg/status"
	for line in "${lines[@]}"; do
		case ${line} in
		'Package: '*) name=${line#Package: } ;;
		'Status: '*' ok installed') INSTALLED[${name}]=1 ;;
		*) ;;
		esac
	done
}

# missing_packages NAME...: sets MISSING to those that are not installed.
missing_packages() {
	local name
	MISSING=()
	read_packages
	for name in "$@"; do [[ -n ${INSTALLED[${name}]-} ]] || MISSING+=("${name}"); done
}

MISSING=()
# packages apt-get install OPTION... -- NAME...: installs those that are missing, all at once. When that fails, what an earlier
# run left half done is finished, the lists of packages are fetched, and it is tried once more.
packages() {
	active || return 0
	local word
	local -a command=()
	local -x DEBIAN_FRONTEND=noninteractive
	for word in "$@"; do
		command+=("${word}")
		[[ ${word} != -- ]] || break
	done
	set -- "${@:${#command[@]}+1}"
	missing_packages "$@"
	((${#MISSING[@]} > 0)) || return 0
	if ! checking; then
		if ! attempt "${command[@]}" "${MISSING[@]}"; then
			attempt dpkg --force-confold --configure -a || true
			# It fails for a repository without a subscription and fetches the others.
			attempt apt-get update || true
			run "${command[@]}" "${MISSING[@]}"
		fi
		INSTALLED_READ=0
		set -- "${MISSING[@]}"
		missing_packages "$@"
		((${#MISSING[@]} == 0)) || refuse "apt-get has succeeded, and yet not installed: ${MISSING[*]}; is that the name of a package of its own?"
		MISSING=("$@")
	fi
	for word in "${MISSING[@]}"; do change '+' "package ${word}"; done
}

# timezone timedatectl set-timezone ZONE: the host's time zone.
timezone() {
	active || return 0
	local zone=${!#}
	[[ ! ${ROOT}/etc/localtime -ef ${ROOT}/usr/share/zoneinfo/${zone} ]] || return 0
	checking || run "$@"
	change '~' "time zone -> ${zone}"
	checking || note 'what runs keeps the time zone that it was started with'
}

declare -A PASSWD=() MEMBERS=() # users and groups of the host, as /etc/passwd and /etc/group have them
USERS_READ=0                    # 1: they have been read

# read_users: the users and groups of the host; without a process.
read_users() {
	local name rest
	((USERS_READ == 0)) || return 0
	USERS_READ=1 PASSWD=() MEMBERS=()
	[[ -r ${ROOT}/etc/passwd ]] || return 0
	while IFS=: read -r name rest; do [[ -z ${name} ]] || PASSWD[${name}]=${rest}; done <"${ROOT}/etc/passwd"
	while IFS=: read -r name rest; do [[ -z ${name} ]] || MEMBERS[${name}]=${rest##*:}; done <"${ROOT}/etc/group"
}

# need_user_groups NAMES PACKAGE...: the host has these groups of the system. Packages of the plan that are missing may bring them.
need_user_groups() {
	((${#ONLY[@]} == 0)) && [[ -z ${FROM} ]] || return 0
	local name
	local -a names=()
	missing_packages "${@:2}"
	((${#MISSING[@]} == 0)) || return 0
	read_users
	read -r -a names <<<"$1"
	for name in "${names[@]}"; do
		[[ -n ${MEMBERS[${name}]+set} ]] || problem "the host has no group ${name}, which a user is to be put into"
	done
}

# host_user [--groups NAMES] [--password SECRET] useradd --create-home [--OPTION VALUE]... NAME: makes the user, or sets what differs. A
# home that a run which was cut off has not made is made.
host_user() {
	active || return 0
	local groups='' secret='' name=${!#} uid gid comment home shell
	while [[ $1 == --* ]]; do
		if [[ $1 == --groups ]]; then groups=$2; else secret=$2; fi
		shift 2
	done
	read_users
	if [[ -z ${PASSWD[${name}]-} ]]; then
		checking || run "$@"
		change '+' "user ${name}"
		USERS_READ=0
		read_users
	else
		IFS=: read -r _ uid gid comment home shell <<<"${PASSWD[${name}]}"
		user_options "${@:3:$#-3}"
		if [[ ! -d ${ROOT}${home} ]]; then
			checking || run mkhomedir_helper "${name}"
			change '+' "home ${home} of user ${name}"
		fi
	fi
	join_groups "${name}" "${groups}"
	[[ -z ${secret} ]] || user_password "${name}" "${secret}"
}

# user_options [--OPTION VALUE]...: sets the options of `useradd` that the user, whose values the caller has read, does not have.
user_options() {
	local live
	local -a drift=() texts=()
	while (($# > 1)); do
		case $1 in
		--uid) live=${uid} ;;
		--home-dir) live=${home} ;;
		--comment) live=${comment} ;;
		*) live=${shell} ;;
		esac
		if [[ ${live} == "$2" ]]; then
			:
		elif [[ $1 == --uid || $1 == --home-dir ]]; then
			note "user ${name} has ${1#--} ${live}, declared as $2; that is decided when a user is made"
		else
			drift+=("$1" "$2")
			texts+=("${1#--} ${live:-(empty)} -> $2")
		fi
		shift 2
	done
	((${#drift[@]} > 0)) || return 0
	checking || run usermod "${drift[@]}" "${name}"
	for live in "${texts[@]}"; do change '~' "user ${name}: ${live}"; done
}

# join_groups USER NAMES: puts the user into those of the groups that it is not in.
join_groups() {
	local group missing=''
	local -a names=()
	read -r -a names <<<"$2"
	for group in "${names[@]}"; do
		[[ ",${MEMBERS[${group}]-}," == *",$1,"* ]] || missing+="${missing:+,}${group}"
	done
	[[ -n ${missing} ]] || return 0
	checking || run usermod --append --groups "${missing}" "$1"
	change '~' "user $1: into ${missing}"
	USERS_READ=0
}

# user_password USER SECRET: gives the user this password hash.
user_password() {
	local user hash live='' INPUT="${WORK}/fed"
	if ! secret_known "$2"; then
		note "user $1: the secret $2 is not compared, because no command is run for it with --check"
		return 0
	fi
	secret_crypt "$2"
	while IFS=: read -r user hash _; do [[ ${user} != "$1" ]] || live=${hash}; done <"${ROOT}/etc/shadow"
	[[ ${live} != "${REPLY}" ]] || return 0
	if ! checking; then
		(umask 077 && printf '%s:%s\n' "$1" "${REPLY}" >"${INPUT}")
		run chpasswd --encrypted
		rm -f -- "${INPUT}"
	fi
	change '~' "user $1: password (the secret $2)"
}

# Users, groups, roles, tokens and permissions of Proxmox are lines of one file, which is read once until it is written.
ACCESS_FILE=/etc/pve/user.cfg
ACCESS_READ=0           # 1: the file has been read
declare -A ENTRY=()     # "user NAME", "group NAME", "role NAME" or "token NAME" -> what stands behind the name in its line
declare -A PERMITTED=() # "PATH ROLE HOLDER" -> whether it holds on the paths below, too

# read_access: reads the file.
read_access() {
	local line kind name rest holder role
	local -a fields=() holders=() roles=()
	((ACCESS_READ == 0)) || return 0
	ACCESS_READ=1 ENTRY=() PERMITTED=()
	[[ -r ${ROOT}${ACCESS_FILE} ]] || return 0
	while read -r line; do
		IFS=: read -r kind name rest <<<"${line}"
		case ${kind} in
		user | group | role | token) ENTRY["${kind} ${name}"]="${rest}:" ;;
		acl)
			IFS=: read -r -a fields <<<"${rest}"
			IFS=, read -r -a holders <<<"${fields[1]-}"
			IFS=, read -r -a roles <<<"${fields[2]-}"
			for holder in "${holders[@]}"; do
				for role in "${roles[@]}"; do PERMITTED["${fields[0]} ${role} ${holder}"]=${name}; done
			done
			;;
		*) ;;
		esac
	done <"${ROOT}${ACCESS_FILE}"
}

# need_access KIND NAME: Proxmox has a role, group, user or token that the plan names and does not make.
need_access() {
	((${#ONLY[@]} == 0)) && [[ -z ${FROM} && -n ${NODE} ]] || return 0
	read_access
	[[ -n ${ENTRY["$1 $2"]-} ]] || problem "Proxmox has no $1 $2, and no file declares it"
}

# entry_value KIND NAME OPTION: sets REPLY to what an entry has for an option of `pveum`.
entry_value() {
	local -a fields=()
	IFS=: read -r -a fields <<<"${ENTRY["$1 $2"]}"
	case "$1 $3" in
	'user --enable' | 'token --expire' | 'role --privs') REPLY=${fields[0]-} ;;
	'token --privsep' | 'group --comment') REPLY=${fields[1]-} ;;
	'token --comment') REPLY=${fields[2]-} ;;
	'user --email') REPLY=${fields[4]-} ;;
	*) REPLY=${fields[5]-} ;;
	esac
}

ENTRY_DRIFT=() # options of an entry that differ, with the values that they are to have
# entry_drift KIND NAME [--OPTION VALUE]...: sets ENTRY_DRIFT, and TEXTS to what is told of it.
entry_drift() {
	local kind=$1 name=$2 live
	ENTRY_DRIFT=() TEXTS=()
	shift 2
	while (($# > 1)); do
		entry_value "${kind}" "${name}" "$1"
		live=${REPLY}
		if ! same_decoded "${live}" "$2" && ! { [[ $1 == --privs ]] && same_set "${live}" "$2"; }; then
			decoded "${live}"
			live=${REPLY}
			ENTRY_DRIFT+=("$1" "$2")
			TEXTS+=("${kind} ${name}: ${1#--} ${live:-(unset)} -> $2")
		fi
		shift 2
	done
}

# access_entry [--groups NAMES] pveum role|group|user add NAME [--OPTION VALUE]...: makes the entry, or sets what differs.
access_entry() {
	active || return 0
	local groups='' kind name text missing=''
	local -a names=()
	if [[ $1 == --groups ]]; then
		groups=$2
		shift 2
	fi
	kind=$2 name=$4
	read_access
	if [[ -z ${ENTRY["${kind} ${name}"]-} ]]; then
		change_access "$@"
		change '+' "${kind} ${name} of Proxmox"
	else
		entry_drift "${kind}" "${name}" "${@:5}"
		((${#ENTRY_DRIFT[@]} == 0)) || change_access pveum "${kind}" modify "${name}" "${ENTRY_DRIFT[@]}"
		for text in "${TEXTS[@]}"; do change '~' "${text}"; done
	fi
	read -r -a names <<<"${groups}"
	read_access
	for text in "${names[@]}"; do
		[[ ",${ENTRY["group ${text}"]%%:*}," == *",${name},"* ]] || missing+="${missing:+,}${text}"
	done
	[[ -n ${missing} ]] || return 0
	change_access pveum user modify "${name}" --groups "${missing}" --append 1
	change '~' "user ${name}: into ${missing}"
}

# change_access COMMAND...: runs a command that writes the file.
change_access() {
	! checking || return 0
	run "$@"
	ACCESS_READ=0
}

# access_token --save PATH pveum user token add USER NAME [--OPTION VALUE]...: makes the token and keeps its value, which Proxmox tells
# once; or sets what differs. One whose value a run that was cut off has not kept is made anew.
access_token() {
	active || return 0
	local path=$2 name record text code=0
	shift 2
	name="$5!$6"
	record="${STATE}/after/token.${name}"
	read_access
	if [[ -n ${ENTRY["token ${name}"]-} && ! -e ${record} ]]; then
		entry_drift token "${name}" "${@:7}"
		((${#ENTRY_DRIFT[@]} == 0)) || change_access pveum user token modify "$5" "$6" "${ENTRY_DRIFT[@]}"
		for text in "${TEXTS[@]}"; do change '~' "${text}"; done
		return 0
	fi
	if ! takes_token "${name}" "${path}"; then
		hold "${path}, where the value of the token ${name} is to go, is a file of somebody else"
		return 0
	fi
	if ! checking; then
		record "${record}"
		[[ -z ${ENTRY["token ${name}"]-} ]] || change_access pveum user token delete "$5" "$6"
		# Neither the log nor a message may hold what it prints.
		bounded "${LIMIT:-60}" token complaints "$@" --output-format json || code=$?
		ACCESS_READ=0
		text=$(<"${WORK}/token")
		rm -f -- "${WORK}/token"
		if ((code != 0)); then
			mv -f -- "${WORK}/complaints" "${WORK}/output"
			failed "${code}" "$@"
		fi
		[[ ${text} =~ \"value\"[[:space:]]*:[[:space:]]*\"([0-9a-f-]+)\" ]] || refuse "pveum has not told the value of the token ${name}"
		(umask 077 && printf '%s=%s\n' "${name}" "${BASH_REMATCH[1]}" | write_file "${ROOT}${path}") || refuse "${path} cannot be written"
		rm -f -- "${record}"
	fi
	change '+' "token ${name}, with its value in ${path}"
}

# takes_token NAME PATH: whether there is no such file, or one that holds a value of the token.
takes_token() {
	local text=''
	[[ -e ${ROOT}$2 || -L ${ROOT}$2 ]] || return 0
	[[ -f ${ROOT}$2 && ! -L ${ROOT}$2 ]] || return 1
	IFS= read -r text <"${ROOT}$2" || true
	[[ ${text} == "$1="* ]]
}

# permission HOLDERS pveum acl modify PATH --roles ROLE --propagate 0|1 ...: all of the holders have the role on the path.
permission() {
	active || return 0
	local holder missing=''
	local -a holders=()
	read -r -a holders <<<"$1"
	shift
	read_access
	for holder in "${holders[@]}"; do
		[[ ${PERMITTED["$4 $6 ${holder}"]-} == "$8" ]] || missing+="${missing:+, }${holder}"
	done
	[[ -n ${missing} ]] || return 0
	change_access "$@"
	change '+' "role $6 on $4 for ${missing}"
}

# drop_permission HOLDER pveum acl delete PATH --roles ROLE ...: takes back a role that is no longer given.
drop_permission() {
	active || return 0
	local holder=$1
	shift
	read_access
	[[ -n ${PERMITTED["$4 $6 ${holder}"]-} ]] || return 0
	change_access "$@"
	change '-' "role $6 on $4 of ${holder}"
}
