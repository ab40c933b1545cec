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
			attempt dpkg --configure -a || true
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
