#!/bin/sh
need_debian
# shellcheck disable=SC2086 # names of packages hold no blanks
packages locales tzdata ${PARAM_PACKAGES}

case ${PARAM_LOCALE} in
'' | C.UTF-8) ;;
*)
	known=$(locale -a)
	short=$(printf '%s\n' "${PARAM_LOCALE}" | sed 's/UTF-8/utf8/')
	if ! printf '%s\n' "${known}" | grep -qixF -e "${short}"; then
		grep -qxF -e "${PARAM_LOCALE} UTF-8" /etc/locale.gen || printf '%s UTF-8\n' "${PARAM_LOCALE}" >>/etc/locale.gen
		locale-gen
	fi
	;;
esac
if test -n "${PARAM_LOCALE}" && ! grep -qsxF -e "LANG=${PARAM_LOCALE}" /etc/default/locale; then
	update-locale "LANG=${PARAM_LOCALE}"
fi

if test -n "${PARAM_TIMEZONE}"; then
	test -f "/usr/share/zoneinfo/${PARAM_TIMEZONE}" || {
		echo "there is no time zone ${PARAM_TIMEZONE}"
		exit 1
	}
	now=$(readlink /etc/localtime || true)
	test "${now}" = "/usr/share/zoneinfo/${PARAM_TIMEZONE}" || ln -sf "/usr/share/zoneinfo/${PARAM_TIMEZONE}" /etc/localtime
	printf '%s\n' "${PARAM_TIMEZONE}" | put /etc/timezone || true
fi
