# --- Directory mappings, and users of Samba -------------------------------------------------------

# directory_mapping [--description TEXT] PATH pvesh create /cluster/mapping/dir --id ID: the mapping of the cluster has this path
# for this node. Entries of other nodes, and a description that no file declares, stay as they are.
directory_mapping() {
	active || return 0
	local line entry id='' exists=0 here='' told='' description='' path
	local -a lines=() others=() more=()
	if [[ $1 == --description ]]; then
		description=$2
		shift 2
	fi
	path=$1
	shift
	[[ ! -r ${PVE}/mapping/directory.cfg ]] || mapfile -t lines <"${PVE}/mapping/directory.cfg"
	for line in "${lines[@]}"; do
		[[ ${line} != [![:space:]]* ]] || id=${line%%[[:space:]]*}
		[[ ${id} == "$5" ]] || continue
		exists=1
		if [[ ${line} =~ ^[[:space:]]+description[[:space:]]+(.*)$ ]]; then
			told=${BASH_REMATCH[1]}
		elif [[ ${line} =~ ^[[:space:]]+map[[:space:]]+(.*)$ ]]; then
			entry=${BASH_REMATCH[1]}
			if [[ ",${entry}," != *",node=${NODE},"* ]]; then
				others+=(--map "${entry}")
			elif [[ ,${entry} =~ ,path=([^,]*) ]]; then
				here=${BASH_REMATCH[1]}
			fi
		fi
	done
	[[ -z ${description} || ${told} == "${description}" ]] || more=(--description "${description}")
	[[ ${here} != "${path}" ]] || ((${#more[@]} > 0)) || return 0
	if ((exists == 0)); then
		checking || run "$@" --map "node=${NODE},path=${path}" "${more[@]}"
		change '+' "mapping $5 of ${path}"
		return 0
	fi
	checking || run pvesh set "/cluster/mapping/dir/$5" "${others[@]}" --map "node=${NODE},path=${path}" "${more[@]}"
	[[ ${here} == "${path}" ]] || change '~' "mapping $5: path ${here:-(none for this node)} -> ${path}"
	((${#more[@]} == 0)) || change '~' "mapping $5: description ${told:-(unset)} -> ${description}"
}

declare -A SAMBA_USERS=() # the users that Samba knows
SAMBA_READ=0

# read_samba_users: asks Samba once a run. Before it is installed it knows nobody.
read_samba_users() {
	local name
	((SAMBA_READ == 0)) || return 0
	SAMBA_READ=1
	ask pdbedit -L || REPLY=''
	while IFS=: read -r name _; do [[ -z ${name} ]] || SAMBA_USERS[${name}]=1; done <<<"${REPLY}"
}

# samba_user [--password REFERENCE] smbpasswd -s -a NAME: Samba knows the user, and the password is the secret. One without an
# account gets one that cannot log in. A hash of the password that was set last tells whether the secret is another one.
samba_user() {
	active || return 0
	local reference='' password='' hash='' what='password (another)'
	if [[ $1 == --password ]]; then
		reference=$2
		shift 2
	fi
	local name=$4 mark="${STATE}/samba/$4"
	read_samba_users
	if [[ -z ${reference} ]]; then
		[[ -n ${SAMBA_USERS[${name}]-} ]] ||
			note "Samba does not know the user ${name}, and no file says the password: smbpasswd -a ${name}"
		return 0
	fi
	if ! secret_known "${reference}"; then
		[[ -z ${SAMBA_USERS[${name}]-} ]] || return 0
	else
		secret_text "${reference}"
		password=${REPLY}
		samba_hash "${password}" "${mark}"
		hash=${REPLY}
		if [[ -n ${SAMBA_USERS[${name}]-} && -r ${mark} && $(<"${mark}") == "${hash}" ]]; then return 0; fi
	fi
	[[ -n ${SAMBA_USERS[${name}]-} ]] || what=new
	checking || set_samba_user "$@"
	change '~' "Samba user ${name}: ${what} -> (${reference})"
}

# set_samba_user smbpasswd -s -a NAME: with `password`, `hash` and `mark` of the caller.
set_samba_user() {
	local INPUT="${WORK}/fed"
	entry_of /etc/passwd "$4" || INPUT=/dev/null run useradd --system --no-create-home --shell /usr/sbin/nologin "$4"
	(umask 077 && printf '%s\n%s\n' "${password}" "${password}" >"${INPUT}")
	run "$@"
	rm -f -- "${INPUT}"
	(umask 077 && mkdir -p "${mark%/*}" && printf '%s' "${hash}" | write_file "${mark}") ||
		refuse "no record can be written below ${STATE#"${ROOT}"}"
	SAMBA_USERS[$4]=1
}

# samba_hash PASSWORD MARK: sets REPLY to the hash of the password, with the salt of the one that is in the mark, if any.
samba_hash() {
	local INPUT="${WORK}/fed" salt='-'
	[[ ! -r $2 ]] || salt=$(<"$2")
	(umask 077 && printf '%s' "$1" >"${INPUT}")
	ask perl -e 'local $/; my @letters = ("a" .. "z", 0 .. 9);
		my $salt = $ARGV[0] eq "-" ? "\$6\$" . join("", map { $letters[rand @letters] } 1 .. 16) : $ARGV[0];
		print crypt(<STDIN>, $salt);' "${salt}" || refuse 'perl cannot hash a password'
	rm -f -- "${INPUT}"
}
