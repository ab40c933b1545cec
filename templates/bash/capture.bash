#!/usr/bin/env bash
# Reads from a Proxmox VE host what plans depend on, and writes it to standard output as records. It changes nothing: it
# runs commands that list or get, and reads files. It never reads keys or passwords (/etc/pve/priv, /etc/shadow, ...), and
# what looks like a secret in a text that it does read is overwritten here, before it leaves the host.
#
# After a first line `phxc-capture 1`, a record is a line `KIND NAME-BYTES TEXT-BYTES`, the name, the text, and a line feed;
# the last one is `end`.
# Arguments: more absolute paths to look at; of these only kind, size and owner are read.

set -uo pipefail
export LC_ALL=C
shopt -s nullglob nocasematch

readonly ROOT="${PHXC_ROOT-}" # stands for / where a rehearsal captures its simulated host
readonly MASK='**********'
readonly SECONDS_EACH=30   # for one command
readonly MOST_BYTES=524288 # of one text file
readonly MOST_PATHS=5000   # of directories

# Names whose values are secrets, and what may stand between such a name and its value. Descriptions have %3A for colons.
readonly SECRET_NAME='(pass|pwd|secret|token|credential|psk|(api|private|secret|access|auth|encryption|signing|master|license)[_.-]?key)[A-Za-z0-9_.-]*'
readonly NAMED="${SECRET_NAME}[\"']?[[:blank:]]*([+]?=|:|%3A)[[:blank:]]*"
readonly STORAGE_OPTION="^[[:blank:]]+[a-z0-9_-]*${SECRET_NAME}[[:blank:]]+"
readonly URL='^(.*(://|%3A//)[^[:blank:]/@]*(:|%3A))([^[:blank:]/@*][^[:blank:]/@]*)(@.*)$'
readonly LONG_KEY='-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY|PuTTY-User-Key-File-' # of several lines
readonly PRIVATE_KEY="${LONG_KEY}|AGE-SECRET-KEY-1"
readonly HINT="${SECRET_NAME}|//|${PRIVATE_KEY}"

NODE=''
MASKED=0
PATHS=0

# record KIND NAME TEXT
record() { printf '%s %d %d\n%s%s\n' "$1" "${#2}" "${#3}" "$2" "$3"; }

# warning TEXT: something that could not be read; the capture goes on without it.
warning() { record warning '' "$1"; }

# bounded COMMAND...: runs a command that reads, for a bounded time and with nothing on its standard input.
bounded() { timeout --foreground "${SECONDS_EACH}" "$@" </dev/null 2>/dev/null; }

# mask_text TEXT: sets REPLY to the text with secrets overwritten.
mask_text() {
	REPLY=$1
	[[ $1 =~ ${HINT} ]] || return 0
	local line result='' key=''
	while IFS= read -r line; do
		if [[ ${key} == comment && ${line} != '#'* ]]; then key=''; fi
		if [[ -n ${key} ]]; then
			[[ ${line} != *-----END* ]] || key=''
			if [[ ${line} == '#'* ]]; then line="#${MASK}"; else line=${MASK}; fi
		else
			if [[ ${line} =~ ${LONG_KEY} && ${line} != *-----END* ]]; then
				key=text
				[[ ${line} != '#'* ]] || key=comment
			fi
			mask_line "${line}"
			line=${REPLY}
		fi
		result+="${line}"$'\n'
	done <<<"${1%$'\n'}"
	[[ $1 == *$'\n' ]] || result=${result%$'\n'}
	REPLY=${result}
}

# mask_line LINE: sets REPLY to the line with its secrets overwritten, up to the end of the line.
mask_line() {
	local line=$1 found
	if [[ ${line} =~ ${PRIVATE_KEY} ]]; then line="${line%%"${BASH_REMATCH[0]}"*}${MASK}"; fi
	if [[ ${line} =~ ${NAMED} || ${line} =~ ${STORAGE_OPTION} ]]; then
		found=${BASH_REMATCH[0]}
		[[ ${line} == *"${found}" ]] || line="${line%%"${found}"*}${found}${MASK}"
	fi
	while [[ ${line} =~ ${URL} ]]; do line="${BASH_REMATCH[1]}${MASK}${BASH_REMATCH[5]}"; done
	[[ ${line} == "$1" ]] || MASKED=$((MASKED + 1))
	REPLY=${line}
}

# text_file PATH: a text file, without secrets. Sets TEXT to what it holds.
text_file() {
	local size
	TEXT=''
	[[ -f ${ROOT}$1 && -r ${ROOT}$1 && $1 != *[[:cntrl:]]* ]] || return 0
	size=$(stat -L -c %s -- "${ROOT}$1" </dev/null) || return 0
	if ((size > MOST_BYTES)); then
		warning "$1 is too large (${size} bytes)"
		return 0
	fi
	IFS= read -r -d '' TEXT <"${ROOT}$1" || true
	mask_text "${TEXT}"
	record file "$1" "${REPLY}"
}

# look_at PATH...: kind, size and owner of what is at these paths.
look_at() {
	local path line kind
	local -a found=()
	for path in "$@"; do
		[[ ! -e ${ROOT}${path} || ${path} == *[[:cntrl:]]* ]] || found+=("${ROOT}${path}")
	done
	((${#found[@]} > 0)) || return 0
	while IFS= read -r line; do
		path=${line#* * }
		kind=other
		if [[ -d ${path} ]]; then kind=directory; elif [[ -f ${path} ]]; then kind='file'; fi
		record path "${path#"${ROOT}"}" "${kind} ${line%" ${path}"}"
	done < <(stat -L -c '%s %u:%g %n' -- "${found[@]}" </dev/null || true)
}

# look_below PATH: the directories at most two levels below a path, without what guests have on it.
look_below() {
	local -a found=()
	((PATHS < MOST_PATHS)) || return 0
	mapfile -d '' -t found < <({ bounded find "${ROOT}$1" -xdev -maxdepth 2 \( -name '.*' -o -name 'subvol-*' -o -name 'basevol-*' \) -prune -o -type d -print0 | sort -z; } || true)
	PATHS=$((PATHS + ${#found[@]}))
	if ((PATHS >= MOST_PATHS)); then
		warning 'there are more directories than are looked at'
		return 0
	fi
	look_at "${found[@]#"${ROOT}"}"
}

# the_host: node, release, guests of the cluster, bridges and devices.
the_host() {
	local path name text
	local -a devices=()
	record value node "${NODE}"
	record value version "$(bounded pveversion || true)"
	text=''
	[[ ! -r ${ROOT}/etc/pve/.vmlist ]] || IFS= read -r -d '' text <"${ROOT}/etc/pve/.vmlist" || true
	record value vmlist "${text}"
	for path in "${ROOT}"/sys/class/net/*; do
		name=${path##*/}
		[[ -d ${path}/bridge || ${name} == vmbr* ]] || continue
		[[ ${name} != fwbr* ]] || continue
		text=1500
		[[ ! -r ${path}/mtu ]] || read -r text <"${path}/mtu"
		record bridge "${name}" "${text}"
	done
	the_network
	devices=("${ROOT}"/dev/{nvidia*,nvidia-caps/*,dri/*,kfd,kvm,fuse,net/tun,ttyUSB*,ttyACM*,serial/by-id/*,dvb/*/*,video*,apex_*,accel/*,hidraw*,snd/*})
	for path in "${devices[@]}"; do
		[[ ! -e ${path} || -d ${path} || ${path} == *[[:cntrl:]]* ]] || record device "${path#"${ROOT}"}" ''
	done
	the_hardware
}

# the_network: the cards, the interfaces, the name servers, the software-defined network, and who may do what.
the_network() {
	local path name
	for path in "${ROOT}"/sys/class/net/*; do
		name=${path##*/}
		[[ ! -e ${path}/device && ! ${name} =~ ^(eth[0-9]+|(en|ib)[^:.]+)$ ]] || record nic "${name}" ''
	done
	for path in /etc/network/interfaces /etc/resolv.conf /etc/pve/sdn/{controllers,zones,vnets,subnets}.cfg /etc/pve/sdn/.running-config; do
		text_file "${path}"
	done
	access_file /etc/pve/user.cfg
}

# access_file PATH: users, groups, tokens and permissions. A token's line has no secret; that of a user may have one, of the second factor, as
# older releases kept it; x says that there is one elsewhere.
access_file() {
	local line head text=''
	[[ -f ${ROOT}$1 && -r ${ROOT}$1 ]] || return 0
	while IFS= read -r line || [[ -n ${line} ]]; do
		head=''
		if [[ ${line} == token:* ]]; then head='token:' line=${line#*:}; fi
		if [[ ${line} =~ ^(user:([^:]*:){7})([^:]+)(.*)$ && ${BASH_REMATCH[3]} != x && ${BASH_REMATCH[3]} != 'x!'* ]]; then
			line="${BASH_REMATCH[1]}${MASK}${BASH_REMATCH[4]}"
			MASKED=$((MASKED + 1))
		fi
		mask_line "${line}"
		text+="${head}${REPLY}"$'\n'
	done <"${ROOT}$1"
	record file "$1" "${text}"
}

# the_hardware: the devices that machines can be given, with the groups that the IOMMU puts them in.
the_hardware() {
	local path
	for path in "${ROOT}"/sys/bus/pci/devices/*/uevent "${ROOT}"/sys/bus/usb/devices/*/{idVendor,idProduct}; do
		[[ ! -r ${path} ]] || text_file "${path#"${ROOT}"}"
	done
	text_file /proc/driver/nvidia/version
	text_file /sys/module/nouveau/initstate
	for path in /etc/default/grub /etc/kernel/{cmdline,proxmox-boot-uuids} /proc/cmdline /sys/firmware/efi/fw_platform_size; do text_file "${path}"; done
	for path in "${ROOT}"/sys/kernel/iommu_groups/*/devices/*; do
		[[ ! -e ${path} ]] || record file "${path#"${ROOT}"}" ''
	done
}

# the_guests: configuration files, with what is mounted or passed on from the host, and which guests run.
the_guests() {
	local path line sockets pid id
	local -a mounts=() words=()
	sockets=$(<"${ROOT}/proc/net/unix")
	for path in "${ROOT}/etc/pve/nodes/${NODE}"/{qemu-server,lxc}/*.conf; do
		text_file "${path#"${ROOT}"}"
		id=${path##*/}
		id=${id%.conf}
		while IFS= read -r line; do
			if [[ ${line} =~ ^mp[0-9]+:\ (/[^,]+) ]]; then mounts+=("${BASH_REMATCH[1]}"); fi
			if [[ ${line} =~ ^dev[0-9]+:\ (path=)?(/dev/[^,]+) && -e ${ROOT}${BASH_REMATCH[2]} ]]; then
				record device "${BASH_REMATCH[2]}" ''
			fi
		done <<<"${TEXT}"
		if [[ ${path} == */lxc/* ]]; then
			[[ ${sockets} != *"@/var/lib/lxc/${id}/command"* ]] || record running "${id}" ''
		elif [[ -r ${ROOT}/run/qemu-server/${id}.pid ]]; then
			read -r pid <"${ROOT}/run/qemu-server/${id}.pid" || true
			words=()
			[[ ! -r ${ROOT}/proc/${pid:-0}/cmdline ]] || mapfile -d '' -t words <"${ROOT}/proc/${pid}/cmdline"
			[[ " ${words[*]} " != *"/run/qemu-server/${id}.pid "* ]] || record running "${id}" ''
		fi
	done
	look_at "${mounts[@]}"
	for path in "${ROOT}"/etc/pve/{firewall/*.fw,nodes/"${NODE}"/host.fw,mapping/*.cfg,jobs.cfg,replication.cfg}; do text_file "${path#"${ROOT}"}"; done
}

# the_notes: what plans have noted on this host. Their logs and copies of files are not read.
the_notes() {
	local path
	for path in "${ROOT}"/var/lib/phxc/{applied,fence,kernel-line,nvidia-driver,intent/*,first-start/*,check/*}; do text_file "${path#"${ROOT}"}"; done
}

# the_storages: their definitions, and the volumes and files on those that are no ZFS.
the_storages() {
	local line type='' id='' where='' nodes='' off=''
	local -a next=()
	text_file /etc/pve/storage.cfg
	while IFS= read -r line; do
		if [[ ${line} =~ ^([a-z]+):\ *([^[:blank:]]+) ]]; then
			next=("${BASH_REMATCH[@]:1:2}")
			one_storage "${type}" "${id}" "${where}" "${nodes}" "${off}"
			type=${next[0]} id=${next[1]} where='' nodes='' off=''
		elif [[ ${line} =~ ^[[:blank:]]+path\ +(/.*)$ ]]; then
			where=${BASH_REMATCH[1]}
		elif [[ ${line} =~ ^[[:blank:]]+nodes\ +(.*)$ ]]; then
			nodes=${BASH_REMATCH[1]}
		elif [[ ${line} =~ ^[[:blank:]]+disable(\ +1)?$ ]]; then
			off=1
		fi
	done <<<"${TEXT}"
	one_storage "${type}" "${id}" "${where}" "${nodes}" "${off}"
}

# one_storage TYPE ID PATH NODES OFF
one_storage() {
	local text path first
	if [[ -z $2 || -n $5 || $1 == pbs || (-n $4 && ",$4," != *",${NODE},"*) ]]; then return 0; fi
	if [[ $1 != zfspool ]]; then
		if text=$(bounded pvesm list "$2"); then
			record volumes "$2" "${text}"
		else
			warning "the volumes of storage $2 could not be listed"
		fi
	fi
	[[ -n $3 ]] || return 0
	for path in "${ROOT}$3"/snippets/*; do
		[[ -f ${path} && -r ${path} ]] || continue
		first=''
		read -r first <"${path}" || true
		if [[ ${first} == '# Managed by phxc:'* ]]; then
			text_file "${path#"${ROOT}"}"
		else
			look_at "${path#"${ROOT}"}"
		fi
	done
}

# the_datasets: pools, datasets with the properties that were set, and their snapshots; directories of mounted ones.
the_datasets() {
	local name mountpoint property value all text=''
	command -v zfs >/dev/null || return 0
	record value pools "$(bounded zpool list -Hp -o name,size,ashift || true)"
	record value pool-status "$(bounded zpool status -P || true)"
	record value pool-properties "$(bounded zpool get -Hp -o name,property,value,source all || true)"
	all=$(bounded zfs list -Hp -t filesystem,volume -o name,type,volsize,origin,mountpoint || true)
	record value datasets "${all}"
	while IFS=$'\t' read -r name property value; do
		[[ ${property} == *:* || ${value} == *[[:cntrl:]]* ]] || text+="${name}"$'\t'"${property}"$'\t'"${value}"$'\n'
	done < <(bounded zfs get -Hp -s local,received -t filesystem,volume -o name,property,value all || true)
	mask_text "${text}"
	record value properties "${REPLY}"
	record value snapshots "$(bounded zfs list -Hp -t snapshot -o name -s creation || true)"
	while IFS=$'\t' read -r name _ _ _ mountpoint; do
		[[ ${mountpoint-} != /?* || ${name} =~ /(subvol|basevol)-[0-9]+- ]] || look_below "${mountpoint}"
	done <<<"${all}"
}

# the_disks: disks by the names that plans may use, with the signature that each carries.
the_disks() {
	local path real signature size
	local -A known=()
	for path in "${ROOT}"/dev/disk/by-id/* "${ROOT}"/dev/{sd[a-z],sd[a-z][a-z],vd[a-z],nvme[0-9]n[0-9]}; do
		[[ ${path} != *-part[0-9]* && ${path} != */dm-* && ${path} != */lvm-* && ${path} != *[[:cntrl:]]* ]] || continue
		real=$(readlink -f -- "${path}") || continue
		[[ -e ${real} ]] || continue
		if [[ -z ${known[${real}]+set} ]]; then
			signature=$(bounded wipefs --no-act --noheadings --output TYPE "${path}" || true)
			known[${real}]=${signature//$'\n'/,}
		fi
		size=0
		[[ ! -r /sys/class/block/${real##*/}/size ]] || read -r size <"/sys/class/block/${real##*/}/size"
		record disk "${path#"${ROOT}"}" "$((size * 512)) ${known[${real}]}"
	done
}

main() {
	printf 'phxc-capture 1\n'
	if [[ -z ${ROOT} && ${EUID} -ne 0 ]]; then
		record problem '' 'only root can read the configuration of guests'
		return 0
	fi
	if ! NODE=$(readlink "${ROOT}/etc/pve/local") || [[ $(<"${ROOT}/proc/mounts") != *' /etc/pve fuse'* ]]; then
		record problem '' 'this is not a Proxmox VE host, or its /etc/pve is not mounted'
		return 0
	fi
	NODE=${NODE##*/}
	the_host
	the_guests
	the_notes
	the_storages
	the_datasets
	the_disks
	look_at "$@"
	record value masked "${MASKED}"
	record end '' ''
}

main "$@"
exit
