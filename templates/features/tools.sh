# Tools for the scripts of features; Debian and its relatives.
export DEBIAN_FRONTEND=noninteractive

# at_rest: waits for the end of the boot and of cloud-init, which installs packages as well.
at_rest() {
	test -d /run/systemd/system || return 0
	timeout 300 systemctl is-system-running --wait >/dev/null 2>&1 || true
	! command -v cloud-init >/dev/null 2>&1 || timeout 900 cloud-init status --wait >/dev/null 2>&1 || true
}

# apt_do ARGUMENT...: apt-get that asks nothing, and waits for others that install something.
apt_do() { apt-get -y -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o APT::Update::Error-Mode=any "$@"; }

# refresh: reads the package lists anew; the network may have just come up.
refresh() {
	try=1
	until apt_do update; do
		test "${try}" -lt 6 || return 1
		try=$((try + 1))
		sleep 5
	done
	mkdir -p /run/phxc
	: >/run/phxc/lists
}

# fresh: reads them anew unless that was done in the last half hour.
fresh() {
	recent=$(find /run/phxc/lists -mmin -30 2>/dev/null || true)
	test -n "${recent}" || refresh
}

# has_package NAME: whether a package is installed.
has_package() {
	status=$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null) || return 1
	test "${status}" = 'install ok installed'
}

# packages NAME...: installs those that are missing, after what an interrupted installation has left.
packages() {
	for package in "$@"; do
		shift
		has_package "${package}" || set -- "$@" "${package}"
	done
	test "$#" -gt 0 || return 0
	dpkg --configure -a
	fresh
	apt_do --no-install-recommends install "$@"
}

# on_offer NAME: whether the package lists have such a package.
on_offer() {
	policy=$(apt-cache policy "$1")
	case ${policy} in
	'' | *'Candidate: (none)'*) return 1 ;;
	*) return 0 ;;
	esac
}

# service_on NAME: a service runs, now and after each start. Where no service manager runs there is nothing to start.
service_on() {
	command -v systemctl >/dev/null 2>&1 || return 0
	systemctl enable "$1"
	test ! -d /run/systemd/system || systemctl start "$1"
}

# put PATH: writes standard input to a file when it differs; fails when it was so already.
put() {
	mkdir -p "${1%/*}"
	cat >"$1.phxc-new"
	if test -f "$1" && cmp -s "$1" "$1.phxc-new"; then
		rm -f "$1.phxc-new"
		return 1
	fi
	mv "$1.phxc-new" "$1"
}

# os_release KEY: prints what the system says of itself.
os_release() (
	# shellcheck disable=SC1091 # a file of the guest
	. /etc/os-release
	eval "printf '%s\n' \"\${$1-}\""
)

# need_debian: ends the script on other systems.
need_debian() {
	system="$(os_release ID) $(os_release ID_LIKE)"
	case " ${system} " in
	*' debian '*) return 0 ;;
	*) ;;
	esac
	echo "this feature supports Debian and its relatives; this system is ${system}"
	exit 1
}

at_rest
