# --- ZFS: what others than root may do --------------------------------------------------------------

declare -A ALLOWED_LOCAL=() # "DATASET HOLDER NAME" -> permissions on the dataset itself, between blanks
declare -A ALLOWED_BELOW=() # the same, on those below it
declare -A ALLOWED_READ=()  # datasets whose permissions were read
declare -A ALLOWED_SPLIT=() # what `split_allowed` found: both, local and below -> permissions, with commas before them

# read_allowed DATASET...: reads who may do what with those of these datasets that are there. ZFS tells of a dataset with all above it,
# so that of a branch only the lowest is asked.
read_allowed() {
	local name
	local -i i
	[[ -n ${NODE} ]] || return 0
	for ((i = $#; i > 0; i--)); do
		name=${*:i:1}
		[[ -n ${ZFS_VALUE["${name}/type"]-} && -z ${ALLOWED_READ[${name}]-} ]] || continue
		allowed_on "${name}" || [[ -n ${HUNG} ]] || problem "the permissions on ${name} cannot be read"
	done
}

# allowed_on DATASET: reads the permissions on a dataset and on those above it.
allowed_on() {
	local line section='' name=$1 key perms
	ask zfs allow "$1" || return 1
	while [[ -n ${name} ]]; do
		ALLOWED_READ[${name}]=1
		for key in "${!ALLOWED_LOCAL[@]}" "${!ALLOWED_BELOW[@]}"; do
			[[ ${key} != "${name} "* ]] || ALLOWED_LOCAL[${key}]='' ALLOWED_BELOW[${key}]=''
		done
		if [[ ${name} == */* ]]; then name=${name%/*}; else name=''; fi
	done
	while IFS= read -r line; do
		case ${line} in
		'---- Permissions on '*)
			name=${line#'---- Permissions on '}
			name=${name%% -*}
			;;
		$'\t'*)
			perms=${line##*[[:blank:]]} key=${line#$'\t'}
			key=${key% *}
			case ${section} in
			'Permission sets:') key="set ${key}" ;;
			'Create time permissions:') key='creator ' ;;
			*) [[ ${key} != everyone ]] || key='everyone ' ;;
			esac
			[[ ${section} == Descendent* ]] || ALLOWED_LOCAL["${name} ${key}"]+=" ${perms//,/ } "
			[[ ${section} == 'Local permissions:' ]] || ALLOWED_BELOW["${name} ${key}"]+=" ${perms//,/ } "
			;;
		*) section=${line} ;;
		esac
	done <<<"${REPLY}"
}

# split_allowed LOCAL BELOW WITHOUT-LOCAL WITHOUT-BELOW: sets ALLOWED_SPLIT to the permissions of the first two lists that are not in
# the other two: those of both, of the dataset itself only, and of those below it only. Fails where there are none.
split_allowed() {
	local word
	local -a words=()
	ALLOWED_SPLIT=([both]='' [local]='' [below]='')
	read -r -a words <<<"$1"
	for word in "${words[@]}"; do
		[[ " $3 " != *" ${word} "* ]] || continue
		if [[ " $2 " == *" ${word} "* && " $4 " != *" ${word} "* ]]; then
			ALLOWED_SPLIT[both]+=",${word}"
		else
			ALLOWED_SPLIT[local]+=",${word}"
		fi
	done
	read -r -a words <<<"$2"
	for word in "${words[@]}"; do
		[[ " $4 " == *" ${word} "* || ",${ALLOWED_SPLIT[both]}," == *",${word},"* ]] || ALLOWED_SPLIT[below]+=",${word}"
	done
	[[ -n ${ALLOWED_SPLIT[both]}${ALLOWED_SPLIT[local]}${ALLOWED_SPLIT[below]} ]]
}

# delegate [--retired] DATASET HOLDER NAME [--both|--local|--below PERMISSIONS]...: the holder may do exactly this with the dataset itself and
# those below it, with itself only, or only with those below it. --retired: it may do none of this; what else it may stays.
delegate() {
	active || return 0
	local taken_back=0 dataset holder name key here_set=' ' below_set=' ' live_on_it live_below
	if [[ $1 == --retired ]]; then
		taken_back=1
		shift
	fi
	dataset=$1 holder=$2 name=$3 key="$1 $2 $3"
	shift 3
	while (($# > 0)); do
		[[ $1 == --below ]] || here_set+="${2//,/ } "
		[[ $1 == --local ]] || below_set+="${2//,/ } "
		shift 2
	done
	live_on_it=${ALLOWED_LOCAL[${key}]-} live_below=${ALLOWED_BELOW[${key}]-}
	if ((taken_back == 1)); then
		keep_allowed "${live_on_it}" "${here_set}"
		here_set=${REPLY}
		keep_allowed "${live_below}" "${below_set}"
		below_set=${REPLY}
	elif split_allowed "${here_set}" "${below_set}" "${live_on_it}" "${live_below}"; then
		change_allowed allow '+'
		checking || allowed_as_wanted
	fi
	if split_allowed "${live_on_it}" "${live_below}" "${here_set}" "${below_set}"; then change_allowed unallow '-'; fi
}

# keep_allowed LIVE RETIRED: sets REPLY to the permissions that are not to be taken back.
keep_allowed() {
	local word kept=' '
	local -a words=()
	read -r -a words <<<"$1"
	for word in "${words[@]}"; do [[ " $2 " == *" ${word} "* ]] || kept+="${word} "; done
	REPLY=${kept}
}

# change_allowed allow|unallow SIGN: gives or takes what is in ALLOWED_SPLIT. (The holder is that of `delegate`.)
change_allowed() {
	local scope perms where
	local -a who=() flags=()
	case ${holder} in
	user) who=(-u "${name}") ;;
	group) who=(-g "${name}") ;;
	everyone) who=(-e) ;;
	creator) who=(-c) ;;
	*) who=(-s "${name}") ;;
	esac
	for scope in both local below; do
		perms=${ALLOWED_SPLIT[${scope}]#,}
		[[ -n ${perms} ]] || continue
		case ${scope} in
		both) flags=() where='' ;;
		local) flags=(-l) where=' (on itself only)' ;;
		*) flags=(-d) where=' (below it only)' ;;
		esac
		checking || run zfs "$1" "${flags[@]}" "${who[@]}" "${perms}" "${dataset}"
		change "$2" "permissions on ${dataset}: ${holder}${name:+ ${name}} ${perms//,/, }${where}"
	done
}

# allowed_as_wanted: ZFS has taken what was given. Of a user or group that the host does not know it prints its usage, and ends with 0.
allowed_as_wanted() {
	allowed_on "${dataset}" || refuse "the permissions on ${dataset} cannot be read"
	! split_allowed "${here_set}" "${below_set}" "${ALLOWED_LOCAL[${key}]-}" "${ALLOWED_BELOW[${key}]-}" ||
		refuse "zfs allow has ended well, and ${holder}${name:+ ${name}} may not do it: does this host know the ${holder}?"
}
