# --- Parts of the cluster's firewall ---------------------------------------------------------------

# Others write /etc/pve/firewall/cluster.fw too, and Proxmox writes it anew when somebody changes it in the web interface:
# it drops lines of comments then, and keeps the comments behind the heads of sections and behind aliases. These say what is
# ours. A part is named here "group NAME", "ipset NAME" or "alias NAME".

FIREWALL_FILE=/etc/pve/firewall/cluster.fw
FIREWALL_READ=0              # 1: the file has been read
FIREWALL_ON=0                # 1: the firewall of the cluster is switched on
declare -A FIREWALL_PIECE=() # part -> its lines, as the plan has them

# firewall_word LINE: sets REPLY to the part or the section that a line of the file begins; to nothing when it begins none.
firewall_word() {
	local line=${1,,}
	REPLY=''
	if [[ ${line} =~ ^\[(group|ipset)[[:blank:]]+([^][:blank:]]+)\] ]]; then
		REPLY="${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
	elif [[ ${line} =~ ^\[([a-z]+)\] ]]; then
		REPLY=${BASH_REMATCH[1]}
	fi
}

# read_firewall: reads the file of the cluster, once until it is written.
read_firewall() {
	local line part=''
	((FIREWALL_READ == 0)) || return 0
	FIREWALL_READ=1 FIREWALL_ON=0 FIREWALL_PIECE=()
	[[ -e ${ROOT}${FIREWALL_FILE} ]] || return 0
	while read -r line || [[ -n ${line} ]]; do
		[[ -n ${line} && ${line} != '#'* ]] || continue
		firewall_word "${line}"
		if [[ -n ${REPLY} ]]; then
			part=${REPLY}
			[[ ${part} != *' '* ]] || FIREWALL_PIECE[${part}]=${line}
		elif [[ ${part} == aliases ]]; then
			REPLY=${line%%[[:blank:]]*}
			FIREWALL_PIECE["alias ${REPLY,,}"]=${line}
		elif [[ ${part} == options ]]; then
			# Any other number is a time: on for a minute from then, as a trial.
			[[ ! ${line,,} =~ ^enable:[[:blank:]]*0*1[[:blank:]]*$ ]] || FIREWALL_ON=1
		elif [[ ${part} == *' '* ]]; then
			FIREWALL_PIECE[${part}]+=$'\n'${line}
		fi
	done <"${ROOT}${FIREWALL_FILE}"
}

# own_piece PART: whether the comment of a part says that it is ours.
own_piece() {
	local line=${FIREWALL_PIECE[$1]%%$'\n'*}
	[[ ${line} =~ '#'[[:blank:]]*phxc(:|[[:blank:]]*$) ]]
}

# same_piece PART TEXT: whether a part has these lines; those of a set in any order.
same_piece() {
	local live=${FIREWALL_PIECE[$1]-} line
	local -A known=()
	[[ ${live} != "$2" ]] || return 0
	[[ $1 == 'ipset '* && ${live%%$'\n'*} == "${2%%$'\n'*}" && ${#live} == "${#2}" ]] || return 1
	while read -r line; do known[x${line}]=1; done <<<"${live}"
	while read -r line; do [[ -n ${known[x${line}]-} ]] || return 1; done <<<"$2"
}

# need_own_piece group|ipset|alias NAME: no part of the name is there that is not ours.
need_own_piece() {
	read_firewall
	[[ -n ${FIREWALL_PIECE["$1 $2"]-} ]] || return 0
	own_piece "$1 $2" || problem "${FIREWALL_FILE} has the $1 $2, which was not made by phxc; give the declared one another name, or declare adopt = true"
}

# need_piece group|ipset|alias NAME [GUEST-KEY...]: a part that rules name and the plan does not make.
need_piece() {
	read_firewall
	[[ -n ${FIREWALL_PIECE["$1 $2"]-} ]] || problem "the firewall of the cluster has no $1 $2" "${@:3}"
}

# need_firewall: tells when no rule is in force because the firewall of the cluster is off. To switch it on is for its owner:
# it closes the host to all but the local network.
need_firewall() {
	read_firewall
	((FIREWALL_ON == 1)) || note 'the firewall of the cluster is off, so that no rule of a guest is in force: see Datacenter, Firewall, Options'
}

# firewall_piece [--adopt] group|ipset|alias NAME LINE...: makes the part as these lines say.
firewall_piece() {
	active || return 0
	local adopt=0 part text
	if [[ $1 == --adopt ]]; then
		adopt=1
		shift
	fi
	part="$1 $2"
	printf -v text '%s\n' "${@:3}"
	text=${text%$'\n'}
	read_firewall
	if [[ -z ${FIREWALL_PIECE[${part}]-} ]]; then
		keep_way "${part}" "${text}"
		checking || write_piece "${part}" "${text}"
		change '+' "${part}"
		return 0
	fi
	! same_piece "${part}" "${text}" || return 0
	own_piece "${part}" || foreign_file "${FIREWALL_FILE}" "${adopt}" || return 0
	TEXTS=()
	line_changes "${FIREWALL_PIECE[${part}]}" "${text}"
	keep_way "${part}" "${text}"
	checking || write_piece "${part}" "${text}"
	for text in "${TEXTS[@]}"; do change '~' "${part}: ${text}"; done
}

# drop_piece group|ipset|alias NAME LINE...: removes a part that is ours, still has these lines, and that nothing names.
drop_piece() {
	active || return 0
	local part="$1 $2" text
	printf -v text '%s\n' "${@:3}"
	read_firewall
	[[ -n ${FIREWALL_PIECE[${part}]-} ]] || return 0
	if ! own_piece "${part}"; then
		note "${part} is no longer declared and was not made by phxc: it is left as it is"
	elif ! same_piece "${part}" "${text%$'\n'}"; then
		note "${part} is no longer declared and not what it was declared as: it is left as it is"
	elif piece_named "$1" "$2"; then
		note "${part} is no longer declared, but ${REPLY} names it: it is left as it is"
	else
		keep_way "${part}" ''
		checking || write_piece "${part}" ''
		change '-' "remove ${part}"
	fi
}

# piece_named group|ipset|alias NAME: sets REPLY to the first file whose rules name a part; fails when none does.
piece_named() {
	local path line word
	case $1 in
	group) word="^\\|?group[[:blank:]]+$2([[:blank:]]|\$)" ;;
	ipset) word="[[:blank:]]\\+(dc/)?$2([[:blank:]]|\$)" ;;
	*) word="((^|[[:blank:]])dc/|^!?|[[:blank:]])$2[[:blank:]]*\$|-(source|dest)[[:blank:]]+(dc/)?$2([[:blank:]]|\$)" ;;
	esac
	for path in "${ROOT}"/etc/pve/firewall/*.fw "${ROOT}"/etc/pve/nodes/*/host.fw; do
		[[ -e ${path} ]] || continue
		while read -r line || [[ -n ${line} ]]; do
			line=${line%%#*}
			if [[ ${line,,} =~ ${word} && ${line} != '['* ]]; then
				REPLY=${path#"${ROOT}"}
				return 0
			fi
		done <"${path}"
	done
	return 1
}

# write_piece PART TEXT: puts the lines of a part into the file, in the place of those that it had; without a text it removes
# the part. Everything else stays as it is. Under Proxmox's own lock for this file, and with what is in it then.
write_piece() {
	local lock="${ROOT}/etc/pve/priv/lock/firewall-cluster"
	READ=''
	keep_firewall "${FIREWALL_FILE}"
	printf '%(%F %T)T + write %s into %s\n' -1 "$1" "${FIREWALL_FILE}" >>"${LOG}"
	lock_firewall firewall-cluster || refuse "${FIREWALL_FILE} is locked by somebody else"
	FIREWALL_READ=0
	read_firewall
	spliced "$1" "$2" >"${WORK}/firewall"
	if write_file "${ROOT}${FIREWALL_FILE}" <"${WORK}/firewall"; then
		rmdir -- "${lock}"
	else
		rmdir -- "${lock}"
		refuse "${FIREWALL_FILE} cannot be written"
	fi
	FIREWALL_READ=0
}

# keep_firewall PATH: a file in which nothing is ours is kept aside before its first change.
keep_firewall() {
	read_text "$1"
	[[ -z ${REPLY} || ${REPLY}$'\n' =~ '#'[[:blank:]]*phxc(:|[[:space:]]) ]] || foreign_file "$1" 1
}

# lock_firewall NAME: takes Proxmox's lock of this name, which is a folder; fails when somebody else keeps it.
lock_firewall() {
	local lock="${ROOT}/etc/pve/priv/lock/$1" tries=0
	mkdir -p -- "${lock%/*}"
	until mkdir -- "${lock}" 2>/dev/null; do
		# The time 0 asks Proxmox to drop a lock whose holder died, which it does after two minutes.
		touch -d @0 -- "${lock}" || true
		((++tries < 130)) || return 1
		sleep 1
	done
}

# spliced PART TEXT: prints the file with the part as it is to be. A new one goes where Proxmox would write it, which reads the
# file from its top and drops rules that name what comes later: aliases, then sets, then rules and groups.
spliced() {
	local part=$1 text=$2 line rest kept i last=0 new=1
	local -a heads=('') bodies=('')
	[[ -z ${FIREWALL_PIECE[${part}]-} ]] || new=0
	if [[ -e ${ROOT}${FIREWALL_FILE} ]]; then
		while IFS= read -r line || [[ -n ${line} ]]; do
			firewall_word "${line#"${line%%[![:blank:]]*}"}"
			if [[ -n ${REPLY} ]]; then
				last=$((last + 1))
				heads[last]=${REPLY}
			fi
			bodies[last]+=${line}$'\n'
		done <"${ROOT}${FIREWALL_FILE}"
	fi
	for ((i = 0; i <= last; i++)); do
		if ((new == 1)) && piece_before "${part}" "${heads[i]}"; then
			new_piece "${part}" "${text}" "${bodies[i - 1]}"
			new=0
		fi
		if [[ ${part} == alias* && ${heads[i]} == aliases ]]; then
			with_alias "${part#* }" "${text}" "${bodies[i]}"
			new=0
		elif [[ ${heads[i]} == "${part}" ]]; then
			kept=''
			while IFS= read -r rest; do [[ ${rest} != '#'* ]] || kept+=${rest}$'\n'; done <<<"${bodies[i]}"
			[[ -z ${text} ]] || piece_text "${text}"
			printf '%s' "${kept:+${kept}$'\n'}"
			# A second section of the name would undo the first.
			text=''
		else
			printf '%s' "${bodies[i]-}"
		fi
	done
	((new == 0)) || new_piece "${part}" "${text}" "${bodies[last]-}"
}

# piece_before PART SECTION: whether a new part stands before a section.
piece_before() {
	case $1/$2 in
	*/ | */options) return 1 ;;
	alias*) [[ $2 != aliases ]] ;;
	ipset*) [[ $2 == rules || $2 == 'group '* ]] ;;
	*) return 1 ;;
	esac
}

# piece_text TEXT: prints a section as Proxmox does.
piece_text() {
	local rest=${1#*$'\n'}
	printf '%s\n\n' "${1%%$'\n'*}"
	[[ ${rest} == "$1" ]] || printf '%s\n\n' "${rest}"
}

# new_piece PART TEXT BEFORE: prints a part that was not there, behind an empty line.
new_piece() {
	[[ -z $3 || $3 == *$'\n\n' || $3 == $'\n' ]] || printf '\n'
	if [[ $1 == alias* ]]; then printf '[ALIASES]\n\n%s\n\n' "$2"; else piece_text "$2"; fi
}

# with_alias NAME LINE BODY: prints the section of the aliases with one of them as it is to be.
with_alias() {
	local line name done=0 body=''
	while IFS= read -r line; do
		read -r name _ <<<"${line,,}" || true
		if [[ ${name-} == "$1" ]]; then
			[[ -z $2 || ${done} == 1 ]] || body+=$2$'\n'
			done=1
		else
			body+=${line}$'\n'
		fi
	done <<<"$3"
	while [[ ${body} == *$'\n\n' ]]; do body=${body%$'\n'}; done
	if [[ -n $2 && ${done} == 0 ]]; then
		[[ ${body} == *$'\n'*$'\n' ]] || body+=$'\n'
		body+=$2$'\n'
	fi
	printf '%s\n' "${body}"
}
