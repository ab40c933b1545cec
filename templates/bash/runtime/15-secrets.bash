# --- Secrets --------------------------------------------------------------------------------------

# A plan says where a secret is (env:NAME, file:/path or cmd:COMMAND), never what it is. A value is kept in this variable
# only; commands get it on their standard input or in a file of ${WORK} that nobody else can read.
declare -A SECRETS=() # where a secret is -> its value, once it was read
SECRETS_FILE=''       # given with --secrets: what the operator's side has sent
SECRET_OPTIONS=()     # options of the guest that are set from secrets, and where these are, in turns

# read_secrets: takes over the secrets that were sent: where each is and its value, each ended by a NUL.
read_secrets() {
	local i
	local -a sent=()
	[[ -n ${SECRETS_FILE} ]] || return 0
	mapfile -d '' -t sent <"${SECRETS_FILE}"
	for ((i = 0; i + 1 < ${#sent[@]}; i += 2)); do SECRETS[${sent[i]}]=${sent[i + 1]}; done
}

# need_secret REFERENCE [GUEST-KEY...]: the secret can be read. A variable is taken from what the script was started
# with, whatever the script itself calls its variables, and no longer handed on to commands. A command is only run when
# its secret is needed.
need_secret() {
	local reference=$1 entry
	local -a entries=()
	shift
	[[ -z ${SECRETS[${reference}]-} ]] || return 0
	case ${reference} in
	env:*)
		mapfile -d '' -t entries <"/proc/$$/environ"
		for entry in "${entries[@]}"; do
			[[ ${entry} != "${reference#env:}="?* ]] || SECRETS[${reference}]=${entry#*=}
		done
		export -n "${reference#env:}"
		[[ -n ${SECRETS[${reference}]-} ]] || problem "the secret ${reference} is not there: set the variable where phxc apply or the script is started" "$@"
		;;
	file:*)
		[[ -r ${ROOT}${reference#file:} && -s ${ROOT}${reference#file:} ]] || problem "the secret ${reference} cannot be read, or is empty" "$@"
		;;
	*) ;;
	esac
}

# secret_known REFERENCE: whether the secret may be read now: with --check no command is run for it.
secret_known() {
	if checking && [[ $1 == cmd:* && -z ${SECRETS["$1"]-} ]]; then return 1; fi
	return 0
}

# secret REFERENCE: sets REPLY to the value; it is read once in a run.
secret() {
	local reference=$1 code=0
	REPLY=${SECRETS[${reference}]-}
	[[ -z ${REPLY} ]] || return 0
	case ${reference} in
	file:*) IFS= read -r -d '' REPLY <"${ROOT}${reference#file:}" || true ;;
	cmd:*)
		# What it says to its error output might tell the secret.
		limit_of secret
		umask 077
		bounded "${REPLY}" secret secret-errors bash -c "${reference#cmd:}" || code=$?
		umask 022
		IFS= read -r -d '' REPLY <"${WORK}/secret" || true
		rm -f -- "${WORK}/secret" "${WORK}/secret-errors"
		((code == 0)) || refuse "the command of the secret ${reference} ended with ${code}"
		;;
	*) ;;
	esac
	[[ -n ${REPLY} ]] || refuse "the secret ${reference} is empty"
	SECRETS[${reference}]=${REPLY}
}

# secret_file REFERENCE: sets REPLY to a file that holds the value and that only root can read, until the script ends.
secret_file() {
	secret "$1"
	local value=${REPLY}
	REPLY=$(umask 077 && mktemp "${WORK}/secret.XXXXXX")
	printf '%s' "${value}" >"${REPLY}"
}

# secret_crypt REFERENCE [FORM]: sets REPLY to a password hash, which stands on one line; anything else is refused, because
# in its place it would be taken for the password itself.
secret_crypt() {
	local form=${2-'[a-z0-9]{1,3}'}
	secret "$1"
	REPLY=${REPLY%"${REPLY##*[!$'\r\n']}"}
	[[ ${REPLY} =~ ^\$${form}(\$[A-Za-z0-9./=,]+){2,}$ ]] ||
		refuse "the secret $1 is no password hash of crypt(5) that can stand here (mkpasswd -m sha-512 makes one)"
}

# secret_hash REFERENCE: the same, of a form that Proxmox keeps as it is and that cloud-init takes for a hash; Proxmox
# would hash others anew in each run.
secret_hash() { secret_crypt "$1" '([156]|2[ay])'; }

# secret_option OPTION REFERENCE: for the `converge` that follows: the option is this password hash.
secret_option() { SECRET_OPTIONS+=("$1" "$2"); }

# differ_secrets: the options that are set from secrets; no value is told.
differ_secrets() {
	local option reference i
	for ((i = 0; i < ${#SECRET_OPTIONS[@]}; i += 2)); do
		option=${SECRET_OPTIONS[i]}
		reference=${SECRET_OPTIONS[i + 1]}
		if secret_known "${reference}"; then
			secret_hash "${reference}"
			[[ ${LIVE[${option}]-} != "${REPLY}" ]] || continue
		elif [[ -n ${LIVE[${option}]-} ]]; then
			note_once "${option}: the secret ${reference} is not compared, because no command is run for it with --check"
			continue
		fi
		FED+=("${option}" "${reference}")
		TEXTS+=("${option} ${LIVE[${option}]:+(another) }-> (the secret ${reference})")
	done
}

# feed_options TOOL ID DIGEST: sets the options of FED; Proxmox asks for each twice on standard input.
feed_options() {
	local digest=$3 i INPUT="${WORK}/fed"
	for ((i = 0; i < ${#FED[@]}; i += 2)); do
		secret_hash "${FED[i + 1]}"
		(umask 077 && printf '%s\n%s\n' "${REPLY}" "${REPLY}" >"${INPUT}")
		COMMAND=("$1" set "$2" "--${FED[i]}" --digest "${digest}")
		attempt "${COMMAND[@]}" || return
		rm -f -- "${INPUT}"
		conf_digest
		digest=${REPLY}
	done
}
