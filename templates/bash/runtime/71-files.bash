# --- Managed files --------------------------------------------------------------------------------

# A file is ours as a whole (its first line says so), or has a block of ours between two marks, and everything else in it
# belongs to somebody else. A new text is put into place whole. What has to follow a change is noted before the change, so
# that a run that is cut off between the two leaves it to the next one.

FILE_CHECK=()        # for the file that follows: a command that must accept the new text; the word FILE stands for its path
FILE_THEN=()         # for the file that follows: commands after a change, each behind the number of its words
FILE_BEFORE=()       # for the file that follows: the same before it is removed
declare -A ACCESS=() # modes that were read, by path below ROOT

# file_check COMMAND...: for the `managed_file` that follows.
file_check() { FILE_CHECK=("$@"); }

# file_then COMMAND...: for the `managed_file` or `drop_file` that follows; several are run in order.
file_then() { FILE_THEN+=("$#" "$@"); }

# file_before COMMAND...: for the `drop_file` that follows.
file_before() { FILE_BEFORE+=("$#" "$@"); }

# run_all [COUNT WORD...]...: runs several commands, each behind the number of its words.
run_all() {
	while (($# > 0)); do
		run "${@:2:$1}"
		shift "$(($1 + 1))"
	done
}

# managed_file [--adopt] [--block NAME] [--mode MODE] [--owner UID:GID] PATH [--secret TOKEN FORM REFERENCE]...: makes the
# file, or the block in it, equal to standard input. A file that exists and is not ours is not overwritten, unless --adopt.
# Mode and owner that are not given stay as they are; a new file can be read by all, one with secrets by root only.
managed_file() {
	active || return 0
	local adopt=0 block='' mode='' owner='' content live='' unknown='' exists=0 secrets reason
	while [[ $1 == --* ]]; do
		case $1 in
		--adopt) adopt=1 ;;
		--block) block=$2 ;;
		--mode) mode=$2 ;;
		*) owner=$2 ;;
		esac
		[[ $1 == --adopt ]] || shift
		shift
	done
	secrets=$(($# > 1))
	IFS= read -r -d '' content || true
	fill_secrets "${@:2}"
	if [[ -n ${unknown} && -e ${ROOT}$1 ]]; then
		note "$1: the secret ${unknown} is not compared, because no command is run for it with --check"
		return 0
	fi
	if ! read_file "$1" || ! compose "$1"; then
		hold "${REPLY}"
		return 0
	fi
	owner_number "${owner}"
	owner=${REPLY}
	differing_access "$1"
	reason=${REPLY}
	if ((exists == 1)) && [[ ${live} == "${content}" ]]; then
		if [[ -n ${reason} ]]; then
			put_file "$1"
			change '~' "file $1: ${reason}"
		fi
	else
		keep_foreign "$1" || return 0
		[[ -n ${unknown} ]] || check_file "$1"
		put_file "$1"
		if ((exists == 0)); then change '+' "file $1"; else change '~' "file $1${reason:+: ${reason}}"; fi
		tell_file
	fi
	after_file "$1"
}

# fill_secrets [--secret TOKEN FORM REFERENCE]...: puts secrets into `content` of the caller, in the place of their tokens;
# sets its `unknown` to one that may not be read now.
fill_secrets() {
	while (($# > 0)); do
		if secret_known "$4"; then
			secret_"$3" "$4"
			content=${content//"$2"/"${REPLY}"}
		else
			unknown=$4
		fi
		shift 4
	done
}

# secret_text REFERENCE: sets REPLY to the value, which must be one line.
secret_text() {
	secret "$1"
	REPLY=${REPLY%"${REPLY##*[!$'\r\n']}"}
	[[ ${REPLY} != *[$'\r\n']* ]] || refuse "the secret $1 has several lines, and stands for one"
}

# read_file PATH: sets `live` and `exists` of the caller to what is there; fails, and sets REPLY to the reason, when that is
# nothing whose text can be replaced.
read_file() {
	local path="${ROOT}$1"
	live='' exists=0
	! foreign_link "${1%/*}" || return 1
	[[ -e ${path} || -L ${path} ]] || return 0
	exists=1
	REPLY="$1 is not a plain file"
	[[ -f ${path} && ! -L ${path} ]] || return 1
	REPLY="$1 holds a NUL byte, so that it is no text"
	! IFS= read -r -d '' live <"${path}"
}

# foreign_link PATH: whether a part of the path is a symbolic link of somebody else than root, and sets REPLY to that. Behind such a link a
# file would be written, or an owner changed, wherever the owner of the link likes.
foreign_link() {
	local part='' name
	local -a names=()
	IFS=/ read -r -a names <<<"${1#/}"
	for name in "${names[@]}"; do
		part+="/${name}"
		[[ -L ${ROOT}${part} ]] || continue
		if ask stat -c '%u' -- "${ROOT}${part}" && [[ ${REPLY} == 0 ]]; then continue; fi
		REPLY="${part}, a part of $1, is a symbolic link that root has not made: remove it, or make it root's"
		return 0
	done
	return 1
}

# compose PATH: makes `content` of the caller the whole new text of the file that has its text `live` now; with a block everything
# else stays byte for byte as it is. Fails, and sets REPLY to the reason, when the marks are not as they were written.
compose() {
	[[ -n ${block} ]] || return 0
	split_block "$1" || return 1
	[[ -z ${HEAD} || ${HEAD} == *$'\n' ]] || HEAD+=$'\n'
	content="${HEAD}# phxc begin ${block}"$'\n'"${content}# phxc end ${block}"$'\n'"${TAIL}"
}

HEAD='' BLOCK='' TAIL='' # what `split_block` found: before, within (with the marks) and behind
# split_block PATH: splits `live` of the caller at its `block`; without one all of it is HEAD. Fails, and sets REPLY to the reason,
# when the marks are not one pair in order.
split_block() {
	local begin=$'\n'"# phxc begin ${block}"$'\n' end=$'\n'"# phxc end ${block}"$'\n' text=$'\n'${live} rest
	REPLY="$1 has damaged marks (# phxc begin ${block}, # phxc end ${block}): make them one pair, or remove them"
	[[ -z ${live} || ${live} == *$'\n' ]] || text+=$'\n'
	HEAD=${live} BLOCK='' TAIL=''
	if [[ ${text} != *"${begin}"* ]]; then
		[[ ${text} != *"${end}"* ]]
		return
	fi
	HEAD=${text%%"${begin}"*}$'\n'
	HEAD=${HEAD#$'\n'}
	rest=$'\n'${text#*"${begin}"}
	[[ ${rest} == *"${end}"* ]] || return 1
	BLOCK=${rest%%"${end}"*}
	[[ ${BLOCK}$'\n' != *"${begin}"* ]] || return 1
	BLOCK="${begin#$'\n'}${BLOCK#$'\n'}${end#$'\n'}"
	TAIL=${rest#*"${end}"}
	rest=$'\n'${TAIL}
	[[ ${rest} != *"${begin}"* && ${rest} != *"${end}"* ]] || return 1
	[[ ${live} == *$'\n' ]] || TAIL=${TAIL%$'\n'}
}

# differing_access PATH: sets REPLY to what of `mode` and `owner` of the caller a file that is there does not have.
differing_access() {
	local path="${ROOT}$1" text=''
	REPLY=''
	[[ -e ${path} && -n ${mode}${owner} ]] || return 0
	[[ -n ${ACCESS[${path}]-} ]] || read_owners "$1"
	[[ -z ${mode} || ${ACCESS[${path}]-} == "${mode}" ]] || text="mode ${ACCESS[${path}]-} -> ${mode}"
	[[ -z ${owner} || ${OWNER[${path}]-} == "${owner}" ]] || text+="${text:+, }owner ${OWNER[${path}]-} -> ${owner}"
	REPLY=${text}
}

# check_file PATH: the command of `file_check` accepts `content` of the caller. With --check it may not be installed yet.
check_file() {
	local word code=0
	local -a command=() shown=()
	((${#FILE_CHECK[@]} > 0)) || return 0
	for word in "${FILE_CHECK[@]}"; do
		if [[ ${word} == FILE ]]; then
			command+=("${WORK}/new-file")
			shown+=("(the new $1)")
		else
			command+=("${word}")
			shown+=("${word}")
		fi
	done
	rm -f -- "${WORK}/new-file" "${WORK}/complaints"
	(umask 077 && printf '%s' "${content}" >"${WORK}/new-file") || refuse "there is no room to check $1"
	ask "${command[@]}" || code=$?
	rm -f -- "${WORK}/new-file"
	((code != 0)) && ! { checking && ((code == 127)); } || return 0
	cat -- "${WORK}/answer" "${WORK}/complaints" >"${WORK}/output"
	failed "${code}" "${shown[@]}"
}

# keep_foreign PATH: a file of somebody else is kept aside before its first change; fails when it is not to be changed.
keep_foreign() {
	((exists == 1)) || return 0
	if [[ -z ${block} ]]; then
		[[ ${live} == '# Managed by phxc:'* ]] || foreign_file "$1" "${adopt}"
	else
		[[ $'\n'${live} == *$'\n# phxc begin '* ]] || foreign_file "$1" 1
	fi
}

# foreign_file PATH ADOPT: what to do with a file that is not ours.
foreign_file() {
	local backup="${STATE}/backup/${1//\//_}"
	if (($2 == 0)); then
		hold "$1 exists and was not made by phxc; remove it or declare adopt = true"
		return 1
	fi
	if checking || [[ -e ${backup} ]]; then return 0; fi
	mkdir -p "${STATE}/backup"
	run cp -p -- "${ROOT}$1" "${backup}.phxc-new"
	mv -f -- "${backup}.phxc-new" "${backup}"
}

# put_file PATH: writes `content` of the caller with its `mode` and `owner`, and notes what is to follow.
put_file() {
	local path="${ROOT}$1" new="${ROOT}$1.phxc-new" access=${mode}
	! checking || return 0
	await_checks
	after_mark "$1"
	((${#FILE_THEN[@]} == 0)) || record "${REPLY}"
	mkdir -p -- "${path%/*}" || refuse "$1 cannot be written"
	if [[ $1 == /etc/pve/* ]]; then
		# Proxmox's file system gives modes and owners itself.
		printf '%s' "${content}" | write_file "${path}" || refuse "$1 cannot be written"
		return 0
	fi
	[[ -n ${access} || -e ${path} ]] || access=$((secrets == 1 ? 600 : 644))
	rm -f -- "${new}"
	(umask 077 && if [[ -e ${path} ]]; then cp -a -- "${path}" "${new}"; else : >"${new}"; fi &&
		if [[ -n ${access} ]]; then chmod -- "${access}" "${new}"; fi &&
		printf '%s' "${content}" >"${new}" && mv -f -- "${new}" "${path}") || refuse "$1 cannot be written"
	if [[ -n ${owner} && ${OWNER[${path}]-0:0} != "${owner}" ]]; then run chown --no-dereference "${owner}" -- "${path}"; fi
	[[ -z ${mode} ]] || ACCESS[${path}]=${mode}
	[[ -z ${owner} ]] || OWNER[${path}]=${owner}
}

# tell_file: how the text changes, in lines below the change; nothing of a text with secrets, and a new file in full with --check only.
tell_file() {
	local text i
	if ((secrets == 1)); then
		say '    (its lines are not shown: it holds secrets)'
	elif checking || ((exists == 1)); then
		text_diff "${live}" "${content}"
		for text in "${TEXTS[@]}"; do say "    ${text}"; done
	fi
	checking || return 0
	for ((i = 0; i < ${#FILE_THEN[@]}; i += FILE_THEN[i] + 1)); do say "    then: ${FILE_THEN[*]:i+1:FILE_THEN[i]}"; done
}

# text_diff OLD NEW: sets TEXTS to the lines of a unified diff, with three lines around what differs.
text_diff() {
	local -a before_lines=() after_lines=()
	local -i first=0 last=0 from around i
	[[ -z $1 ]] || mapfile -t before_lines <<<"${1%$'\n'}"
	[[ -z $2 ]] || mapfile -t after_lines <<<"${2%$'\n'}"
	while ((first < ${#before_lines[@]} && first < ${#after_lines[@]})) && [[ ${before_lines[first]} == "${after_lines[first]}" ]]; do first+=1; done
	while ((last < ${#before_lines[@]} - first && last < ${#after_lines[@]} - first)) && [[ ${before_lines[-1 - last]} == "${after_lines[-1 - last]}" ]]; do last+=1; done
	from=$((first < 3 ? 0 : first - 3))
	around=$((last < 3 ? last : 3))
	TEXTS=("@@ -$((from + (${#before_lines[@]} > 0))),$((${#before_lines[@]} - last + around - from)) +$((from + (${#after_lines[@]} > 0))),$((${#after_lines[@]} - last + around - from)) @@")
	for ((i = from; i < first; i++)); do TEXTS+=(" ${before_lines[i]}"); done
	for ((i = first; i < ${#before_lines[@]} - last; i++)); do TEXTS+=("-${before_lines[i]}"); done
	for ((i = first; i < ${#after_lines[@]} - last; i++)); do TEXTS+=("+${after_lines[i]}"); done
	for ((i = ${#before_lines[@]} - last; i < ${#before_lines[@]} - last + around; i++)); do TEXTS+=(" ${before_lines[i]}"); done
}

# after_mark PATH: sets REPLY to the record that what follows a change of the file, or of the `block` in it, is still to be done.
after_mark() { REPLY="${STATE}/after/${1//\//_}${block:+.${block}}"; }

# after_file PATH: does what follows a change, if there was one in this run or in one that was cut off.
after_file() {
	local mark
	after_mark "$1"
	mark=${REPLY}
	[[ -e ${mark} ]] || return 0
	if checking; then
		change '~' "$1: what has to follow its change, which an earlier run did not do"
		return 0
	fi
	run_all "${FILE_THEN[@]}"
	rm -f -- "${mark}"
}

# need_own_file [--block NAME] PATH: a file that a step is going to write is not there, is ours, or takes a block.
need_own_file() {
	local block='' live exists
	if [[ $1 == --block ]]; then
		block=$2
		shift 2
	fi
	if ! read_file "$1" || { [[ -n ${block} ]] && ! split_block "$1"; }; then
		problem "${REPLY}"
	elif ((exists == 1)) && [[ -z ${block} && ${live} != '# Managed by phxc:'* ]]; then
		problem "$1 exists and was not made by phxc; remove it or declare adopt = true"
	fi
}

# drop_file [--block NAME] PATH MARK: removes a file that begins with our mark, or our block from it.
drop_file() {
	active || return 0
	local block='' mode='' owner='' content='' live exists secrets=0
	if [[ $1 == --block ]]; then
		block=$2
		shift 2
	fi
	if ! read_file "$1" || { [[ -n ${block} ]] && ! split_block "$1"; }; then
		note "no longer declared, and left as it is: ${REPLY}"
	elif ((exists == 1)) && [[ -z ${block} && ${live} != "$2"* ]]; then
		note "$1 is no longer declared and was not made by phxc${GUEST:+ for this guest}: it is left as it is"
	elif ((exists == 1)) && [[ -z ${block} || -n ${BLOCK} ]]; then
		[[ -z ${block} ]] || content=${HEAD}${TAIL}
		checking || run_all "${FILE_BEFORE[@]}"
		if [[ -n ${content} ]]; then put_file "$1"; else remove_file "$1"; fi
		change '-' "remove ${block:+the block ${block} from }$1"
	fi
	after_file "$1"
}

# remove_file PATH: removes it, and notes what is to follow.
remove_file() {
	! checking || return 0
	after_mark "$1"
	((${#FILE_THEN[@]} == 0)) || record "${REPLY}"
	run rm -f -- "${ROOT}$1"
}
