# --- What is no longer declared and stays ---------------------------------------------------------

# confirmed NAME: whether a dataset may be destroyed: that is asked for as such, and by its name.
confirmed() {
	local name
	((ALLOW_DESTROY == 1)) || return 1
	for name in "${CONFIRMED[@]}"; do [[ ${name} != "$1" ]] || return 0; done
	return 1
}

# left [--option OPTION VALUE] KIND NAME COMMAND...: tells that a thing of the host, or an option of it that is still what it was, is
# no longer declared. Nothing is done about it: others may use it. COMMAND would.
left() {
	active || return 0
	local option='' value='' live='' what
	if [[ $1 == --option ]]; then
		option=$2 value=$3
		shift 3
	fi
	what="$1 $2"
	case $1 in
	pool | dataset) left_zfs "$1" "$2" ;;
	backup | replication)
		read_jobs
		live=${JOB["$1 $2${option:+/${option}}"]-}
		;;
	firewall)
		firewall_option "$2" "${option}"
		live=${REPLY}
		;;
	storage)
		live=${STORAGE_TYPE[$2]-}
		[[ -z ${option} ]] || live=${STORAGE_OPTION["$2/${option}"]-}
		;;
	interface | sdn | resolver | mapping) left_network "$1" "$2" ;;
	*) left_setting "$1" "$2" ;;
	esac
	[[ -n ${live} ]] || return 0
	if [[ -z ${option} && $1 == dataset ]] && confirmed "$2"; then
		shift 2
		# Without -r: it fails where anything is below, a snapshot too.
		checking || run "$@"
		change '-' "${what}"
		return 0
	fi
	if [[ -n ${option} ]]; then
		same_property "${value}" "${live}" || same_set "${value}" "${live}" || return 0
		what+=": ${option} ${value}"
	fi
	note "${what} is no longer declared; it is left as it is; to take it back: ${*:3}"
}

# left_zfs KIND NAME: sets `live` of the caller to what there is of a pool or dataset, or of its `option`.
left_zfs() {
	if [[ $1 == dataset ]]; then
		live=${ZFS_VALUE["$2/${option:-type}"]-}
	elif ! zpool_exists "$2"; then
		live=''
	elif [[ ${option} == dataset.* ]]; then
		live=${ZFS_VALUE["$2/${option#dataset.}"]-}
	else
		live=${ZPOOL_VALUE["$2/${option}"]-}
		[[ -n ${option} ]] || live=there
	fi
}

# left_network KIND NAME: the same of interfaces, the software-defined network, name servers and mappings.
left_network() {
	local search='' text=$'\n'
	local -a servers=()
	case $1 in
	interface)
		read_network
		live=${NET["$2/iface"]-}
		;;
	sdn)
		read_sdn
		live=${SDN[$2]-}
		;;
	resolver)
		read_resolver
		live=${search}
		[[ ${option} == search ]] || live=${servers[*]}
		;;
	*)
		if [[ -r ${PVE}/mapping/directory.cfg ]]; then text+=$(<"${PVE}/mapping/directory.cfg")$'\n'; fi
		[[ ${text} != *$'\n'"$2"$'\n'* ]] || live=there
		;;
	esac
}

# left_setting KIND NAME: the same of the host's settings and files.
left_setting() {
	case $1 in
	package)
		read_packages
		live=${INSTALLED[$2]-}
		;;
	user)
		read_users
		live=${PASSWD[$2]-}
		;;
	access)
		read_access
		live=${ENTRY["${2/\// }"]-}
		;;
	samba-user)
		# Samba is asked only where an earlier run has set the user's password.
		if [[ -e ${STATE}/samba/$2 ]]; then read_samba_users; fi
		live=${SAMBA_USERS[$2]-}
		;;
	timezone) [[ ! ${ROOT}/etc/localtime -ef ${ROOT}/usr/share/zoneinfo/${value} ]] || live=${value} ;;
	nvidia-driver)
		loaded_driver
		live=${REPLY}
		;;
	*) [[ ! -e ${ROOT}$2 ]] || live=there ;;
	esac
}
