# --- The command line of the kernel ---------------------------------------------------------------

readonly GRUB_FILE=/etc/default/grub             # what update-grub makes the entries of GRUB from
readonly LINE_FILE=/etc/kernel/cmdline           # what Proxmox's tool makes those of systemd-boot from
readonly ESP_FILE=/etc/kernel/proxmox-boot-uuids # the boot partitions that this tool keeps
LINE_WANTED=()                                   # parameters that are to be on it
LINE_UNWANTED=()                                 # parameters, or names of some, that are not
BOOT_FILES=()                                    # the boot files that count on this host
BOOT_REFRESH=()                                  # the command that follows a change of one
declare -A LINE_OLD=() LINE_NEW=()               # boot file that is to change -> its command line; its new text

# kernel_words [--iommu] [--without PARAMETER]... [PARAMETER]...: sets LINE_WANTED and LINE_UNWANTED. --iommu: what the IOMMU needs
# where it is off and a word switches it on: that of Intel, before kernel 6.8.
kernel_words() {
	local iommu=0 cpu=''
	local -a groups=("${ROOT}"/sys/kernel/iommu_groups/*)
	LINE_UNWANTED=()
	while [[ ${1-} == --* ]]; do
		case $1 in
		--iommu) iommu=1 ;;
		*) LINE_UNWANTED+=("$2") && shift ;;
		esac
		shift
	done
	LINE_WANTED=("$@")
	if ((iommu == 0)) || [[ -e ${groups[0]} || " $*" == *' intel_iommu='* ]]; then return 0; fi
	[[ ! -r ${ROOT}/proc/cpuinfo ]] || cpu=$(<"${ROOT}/proc/cpuinfo")
	[[ ${cpu} != *GenuineIntel* ]] || LINE_WANTED+=(intel_iommu=on)
}

# kernel_lacks LINE: whether a command line has to change; sets REPLY to what it is then. The values of a parameter stand where
# it stood, in their order; what is new follows at the end; all others stay.
kernel_lacks() {
	local word name out=''
	local -i taken
	local -a words=() values=()
	local -A queue=() used=()
	for word in "${LINE_WANTED[@]}"; do queue[${word%%=*}]+="${word} "; done
	read -r -a words <<<"$1"
	for word in "${words[@]}"; do
		name=${word%%=*}
		if [[ -n ${queue[${name}]-} ]]; then
			read -r -a values <<<"${queue[${name}]}"
			taken=${used[${name}]:-0}
			out+="${values[taken]:+ ${values[taken]}}"
			used[${name}]=$((taken + 1))
		elif [[ " ${LINE_UNWANTED[*]} " != *" ${word} "* && " ${LINE_UNWANTED[*]} " != *" ${name} "* ]]; then
			out+=" ${word}"
		fi
	done
	for word in "${LINE_WANTED[@]}"; do
		name=${word%%=*}
		taken=${used[${name}]:-0}
		if ((taken > 0)); then used[${name}]=$((taken - 1)); else out+=" ${word}"; fi
	done
	REPLY=${out# }
	[[ ${REPLY} != "${words[*]}" ]]
}

# read_boot_file PATH: keeps the new text of a boot file where it has to change; fails, and sets REPLY to the reason, where its
# command line cannot be read.
read_boot_file() {
	local live exists before='' old after='' text
	local -i at=0
	local -a lines=()
	read_file "$1" || return 1
	REPLY="there is no $1, of which the command line of the kernel is made"
	((exists == 1)) || return 1
	mapfile -t lines <<<"${live%$'\n'}"
	if [[ $1 == "${GRUB_FILE}" ]]; then
		grub_line || return 1
	else
		old=${lines[0]}
		REPLY="$1 has quotes in it, so that its parameters cannot be told apart: set them by hand"
		[[ ${old} != *[\"\']* ]] || return 1
	fi
	kernel_lacks "${old}" || return 0
	lines[at]="${before}${REPLY}${after}"
	printf -v text '%s\n' "${lines[@]}"
	LINE_OLD[$1]=${old} LINE_NEW[$1]=${text}
}

# grub_line: finds the assignment that counts, the last, in `lines` of the caller, which are a script: sets its `at`, and what
# stands `before` the value and `after` it; `old` is the value.
grub_line() {
	local name=GRUB_CMDLINE_LINUX_DEFAULT
	local form='^([[:blank:]]*[A-Z_]+=)("([^"\$`]*)"|'\''([^'\''"\$`]*)'\''|([A-Za-z0-9_.,:/=+@%-]*))([[:blank:]]*|[[:blank:]]+#.*)$'
	local -i i
	at=${#lines[@]} before="${name}=\"" old='' after='"'
	for ((i = 0; i < ${#lines[@]}; i++)); do
		if [[ ${lines[i]} =~ ^[[:blank:]]*(export[[:blank:]]+)?${name}= ]]; then at=${i}; fi
	done
	((at < ${#lines[@]})) || return 0
	REPLY="${name} in ${GRUB_FILE} is no plain text in quotes: make it one, or set the parameters by hand"
	[[ ${lines[at]} =~ ${form} ]] || return 1
	before="${BASH_REMATCH[1]}\"" old=${BASH_REMATCH[3]}${BASH_REMATCH[4]}${BASH_REMATCH[5]} after="\"${BASH_REMATCH[6]}"
}

# boot_files: sets BOOT_FILES and BOOT_REFRESH; fails, and sets REPLY to the reason, where they cannot be told. Proxmox's tool, which keeps
# the boot partitions of a host with ZFS, is asked for its loaders only where one of the files has to change.
boot_files() {
	local path line settled=1 found=''
	BOOT_FILES=("${GRUB_FILE}") BOOT_REFRESH=(update-grub)
	[[ -s ${ROOT}${ESP_FILE} ]] || return 0
	BOOT_FILES=() BOOT_REFRESH=(proxmox-boot-tool refresh)
	for path in "${GRUB_FILE}" "${LINE_FILE}"; do
		if ! read_boot_file "${path}" || [[ -n ${LINE_NEW[${path}]-} ]]; then settled=0; fi
	done
	((settled == 0)) || return 0
	LINE_OLD=() LINE_NEW=()
	ask proxmox-boot-tool status || true
	while IFS= read -r line; do
		[[ ${line} != *' is configured with: '* ]] || found+=", ${line#* is configured with: }"
	done <<<"${REPLY}"
	[[ ${found} != *', uefi'* ]] || BOOT_FILES+=("${LINE_FILE}")
	[[ ${found} != *', grub'* ]] || BOOT_FILES+=("${GRUB_FILE}")
	REPLY='proxmox-boot-tool status names no boot loader'
	((${#BOOT_FILES[@]} > 0))
}

# plan_kernel_line: sets LINE_OLD and LINE_NEW for the boot files that have to change; fails, and sets REPLY to the reason, where that
# cannot be told.
plan_kernel_line() {
	local path
	LINE_OLD=() LINE_NEW=()
	((${#LINE_WANTED[@]} + ${#LINE_UNWANTED[@]} > 0)) || return 0
	boot_files || return 1
	for path in "${BOOT_FILES[@]}"; do read_boot_file "${path}" || return 1; done
}

# need_kernel_line [--iommu] [--without PARAMETER]... [PARAMETER]...: the command line of the kernel can be changed where it has to.
need_kernel_line() {
	kernel_words "$@"
	plan_kernel_line || problem "${REPLY}"
}

# kernel_line [--iommu] [--without PARAMETER]... [PARAMETER]...: the kernel is started with these parameters and without those, whatever
# else is on its command line. What a run that was cut off has written is given to the boot loader by the next one; so is, once
# in each start of the host, what is written and not on the command line that the kernel has.
kernel_line() {
	active || return 0
	local path content mode='' owner='' block='' secrets=0 boot='' done_in='' line='' mark="${STATE}/after/kernel-line" noted="${STATE}/kernel-line"
	kernel_words "$@"
	((${#LINE_WANTED[@]} + ${#LINE_UNWANTED[@]} > 0)) || return 0
	plan_kernel_line || refuse "${REPLY}"
	for path in "${BOOT_FILES[@]}"; do
		[[ -n ${LINE_NEW[${path}]-} ]] || continue
		content=${LINE_NEW[${path}]}
		foreign_file "${path}" 1
		checking || record "${mark}"
		put_file "${path}"
		kernel_lacks "${LINE_OLD[${path}]}" || true
		change '~' "kernel command line in ${path}: ${LINE_OLD[${path}]:-(empty)} -> ${REPLY:-(empty)}"
	done
	[[ ! -r ${ROOT}/proc/cmdline ]] || line=$(<"${ROOT}/proc/cmdline")
	boot=$(<"${ROOT}/proc/sys/kernel/random/boot_id")
	[[ ! -e ${noted} ]] || done_in=$(<"${noted}")
	if ((${#LINE_NEW[@]} == 0)) && [[ ! -e ${mark} ]]; then
		if [[ ${done_in} == "${boot}" ]] || ! kernel_lacks "${line}"; then return 0; fi
		change '~' "kernel command line, for the boot loader: ${BOOT_REFRESH[*]}"
	fi
	! checking || return 0
	run "${BOOT_REFRESH[@]}"
	printf '%s\n' "${boot}" | write_file "${noted}" || refuse "no record can be written below ${STATE#"${ROOT}"}"
	rm -f -- "${mark}"
}

# awaited_line with|without PARAMETER: fails, and sets REPLY to the reason, while the kernel that runs is not as it says. Without: a
# name stands for all its values.
awaited_line() {
	local line='' has=0
	[[ ! -r ${ROOT}/proc/cmdline ]] || line=" $(<"${ROOT}/proc/cmdline") "
	if [[ ${line} == *" $2 "* || ($1 == without && ${line} == *" $2="*) ]]; then has=1; fi
	if [[ $1 == with ]]; then
		REPLY="the kernel runs without $2"
		((has == 1))
	else
		REPLY="the kernel runs with $2"
		((has == 0))
	fi
}
