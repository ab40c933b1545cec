#!/bin/sh
need_debian
umask 077
notes=/var/lib/phxc/ssh_keys
mkdir -p "${notes}"

# rewrite USER KEYS: the user's file without what we added before, and with these keys.
rewrite() {
	entry=$(getent passwd "$1") || {
		echo "there is no user $1"
		exit 1
	}
	home=$(printf '%s\n' "${entry}" | cut -d : -f 6)
	group=$(id -gn "$1")
	file="${home}/.ssh/authorized_keys"
	test -e "${notes}/$1" || : >"${notes}/$1"
	mkdir -p "${home}/.ssh"
	{
		if test "${PARAM_EXACT}" != true && test -e "${file}"; then
			printf '%s\n' "$2" | cat - "${notes}/$1" | sed '/^$/d' >"${notes}/$1.drop"
			grep -vxF -f "${notes}/$1.drop" "${file}" || true
			rm -f "${notes}/$1.drop"
		fi
		test -z "$2" || printf '%s\n' "$2"
	} | put "${file}" || true
	chown "$1:${group}" "${home}/.ssh" "${file}"
	chmod 700 "${home}/.ssh"
	chmod 600 "${file}"
	printf '%s\n' "$2" >"${notes}/$1"
}

for user in ${PARAM_USERS}; do rewrite "${user}" "${PARAM_KEYS}"; done
for note in "${notes}"/*; do
	user=${note##*/}
	printf '%s\n' "${PARAM_USERS}" | grep -qxF -e "${user}" && continue
	rewrite "${user}" ''
	rm -f "${note}"
done
