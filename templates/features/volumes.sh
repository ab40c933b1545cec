# Network file systems of a guest. PARAM_TABLE: the mounts, as lines of /etc/fstab. PARAM_ACCOUNTS: lines `FILE NUMBER DOMAIN USER`
# for Samba, with - for no domain; the password is PARAM_PASSWORD_NUMBER.
MARK_BEGIN='# phxc volumes: begin'
MARK_END='# phxc volumes: end'

# points: the places of the mounts on standard input.
points() {
	while read -r _ point _; do
		test -z "${point}" || printf '%s\n' "${point}"
	done
}

# managed: the lines of fstab that an earlier run wrote.
managed() { sed -n "/^${MARK_BEGIN}\$/,/^${MARK_END}\$/p" /etc/fstab | grep -vxF -e "${MARK_BEGIN}" -e "${MARK_END}" || true; }

# is_ours LINE: whether a line of fstab mounts something where a volume is to be.
is_ours() {
	case $1 in
	'' | '#'*) return 1 ;;
	*) ;;
	esac
	place=$(printf '%s\n' "$1" | points)
	printf '%s\n' "${PARAM_TABLE}" | points | grep -qxF -e "${place:-#}"
}

# table: fstab as it shall be. Lines of others stay, except those for the place of a volume.
table() {
	sed "/^${MARK_BEGIN}\$/,/^${MARK_END}\$/d" /etc/fstab | while IFS= read -r line || test -n "${line}"; do
		is_ours "${line}" || printf '%s\n' "${line}"
	done
	test -z "${PARAM_TABLE}" || printf '%s\n' "${MARK_BEGIN}" "${PARAM_TABLE}" "${MARK_END}"
}

# source_of PLACE: what is mounted there.
source_of() {
	found=''
	while read -r source point _; do
		test "${point}" != "$1" || found=${source}
	done </proc/self/mounts
	printf '%s' "${found}"
}

# unmount PLACE: what is in use is not torn away.
unmount() {
	test -n "$(source_of "$1")" || return 0
	umount "$1" && return 0
	echo "$1 is in use and cannot be unmounted: end what uses it, then run again"
	return 1
}

# volumes_ok: whether fstab has each volume once, and all are mounted. One of virtiofs may wait for the next start.
volumes_ok() {
	test "$(table)" = "$(cat /etc/fstab)" || return 1
	printf '%s\n' "${PARAM_TABLE}" | while read -r _ point type _; do
		test -z "${point}" || test "${type}" = virtiofs || test -n "$(source_of "${point}")" || exit 1
	done
}

# take_away: unmounts the volumes that are no longer declared, or differently, the inner ones first.
take_away() {
	managed | while IFS= read -r line; do
		printf '%s\n' "${PARAM_TABLE}" | grep -qxF -e "${line}" || printf '%s\n' "${line}" | points
	done | sort -r | while read -r gone; do
		unmount "${gone}" || exit 1
		printf '%s\n' "${PARAM_TABLE}" | points | grep -qxF -e "${gone}" || rmdir "${gone}" 2>/dev/null || true
	done
}

# accounts: the files from which Samba's passwords are read.
accounts() (
	umask 077
	rm -f /etc/phxc/samba-*
	printf '%s\n' "${PARAM_ACCOUNTS}" | while read -r file number domain user; do
		test -n "${file}" || continue
		mkdir -p "${file%/*}"
		eval "password=\${PARAM_PASSWORD_${number}}"
		{
			printf 'username=%s\npassword=%s\n' "${user}" "${password}"
			test "${domain}" = - || printf 'domain=%s\n' "${domain}"
		} >"${file}"
	done
)

# mount_all: mounts what is not mounted, the outer ones first.
mount_all() {
	printf '%s\n' "${PARAM_TABLE}" | while read -r source point type _; do
		test -n "${point}" || continue
		mkdir -p "${point}"
		now=$(source_of "${point}")
		test "${now}" != "${source}" || continue
		unmount "${point}" || exit 1
		timeout 120 mount "${point}" && continue
		if test "${type}" != virtiofs; then
			echo "${source} cannot be mounted at ${point}"
			exit 1
		fi
		echo "${source} is there after the next start of the machine"
	done
}

# volumes_mount: makes it so.
volumes_mount() {
	umask 022
	test -e /etc/fstab || : >/etc/fstab
	take_away
	accounts
	if ! table | cmp -s - /etc/fstab; then
		cp -p /etc/fstab /etc/fstab.phxc-new
		table >/etc/fstab.phxc-new
		mv /etc/fstab.phxc-new /etc/fstab
		test ! -d /run/systemd/system || systemctl daemon-reload
	fi
	mount_all
}
