#!/bin/bash
# What the guest does: lays out the host that a plan's script expects, runs the steps of the test one after the other, and
# reports each on the second serial port as one line: its number, its exit code, and what it printed and which commands it
# ran, as base64.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LC_ALL=C

# watched COMMAND: notes every call of a command, with its exit code, in /run/calls.
watched() {
	cat >"/usr/local/sbin/$1" <<TEXT
#!/bin/bash
code=0
/usr/sbin/$1 "\$@" || code=\$?
printf -v words ' %q' "\$@"
printf '%s %s\n' "\${code}" "$1\${words}" >>/run/calls
exit "\${code}"
TEXT
	chmod 755 "/usr/local/sbin/$1"
}

# A link in /dev/disk/by-id for each disk, under the names that the test gave it: /payload/disks has its serial number first.
lay_out_disks() {
	cat >/usr/local/sbin/disk-name <<'TEXT'
#!/bin/bash
while read -r serial name; do
	[[ ${serial} != "$1" ]] || printf 'PHXC_NAME=%s\n' "${name}"
done </payload/disks
TEXT
	chmod 755 /usr/local/sbin/disk-name
	mkdir -p /etc/udev/rules.d
	cat >/etc/udev/rules.d/99-disks.rules <<'TEXT'
SUBSYSTEM!="block", GOTO="end"
ENV{ID_SERIAL}!="?*", GOTO="end"
IMPORT{program}="/usr/local/sbin/disk-name $env{ID_SERIAL}"
ENV{PHXC_NAME}!="?*", GOTO="end"
ENV{DEVTYPE}=="disk", SYMLINK+="disk/by-id/$env{PHXC_NAME}"
ENV{DEVTYPE}=="partition", SYMLINK+="disk/by-id/$env{PHXC_NAME}-part%n"
LABEL="end"
TEXT
	/usr/lib/systemd/systemd-udevd --daemon
	udevadm trigger --action=add
	udevadm settle
}

# /etc/pve counts as mounted when a FUSE file system is there. This one has nobody behind it and lies below a usual one.
lay_out_proxmox() {
	mkdir -p /etc/pve
	exec {fuse}<>/dev/fuse
	mount -i -t fuse -o "fd=${fuse},rootmode=40000,user_id=0,group_id=0" proxmox /etc/pve
	mount -t tmpfs proxmox /etc/pve
	mkdir -p "/etc/pve/nodes/$1" /var/lib/pve /var/log
	ln -s "nodes/$1" /etc/pve/local
	: >/etc/pve/storage.cfg
	printf '{"version": 1, "ids": {}}\n' >/etc/pve/.vmlist
	busybox hostname "$1"
}

# report NUMBER: runs a step.
report() {
	local code=0 file line
	: >/run/calls
	bash "/payload/steps/$1" </dev/null >/run/stdout 2>/run/stderr || code=$?
	line="step $1 ${code}"
	for file in stdout stderr calls; do
		base64 -w 0 "/run/${file}" >/run/encoded
		line+=" $(</run/encoded)"
	done
	printf '%s\n' "${line}" >&"${port}"
}

exec {port}>/dev/ttyS1
stty -F /dev/ttyS1 raw
mkdir -p /usr/local/bin
for command in zfs zpool wipefs; do watched "${command}"; done
lay_out_disks
read -r node </payload/node
lay_out_proxmox "${node}"
for ((number = 0; ; number++)); do
	[[ -e /payload/steps/${number} ]] || break
	report "${number}"
done
printf 'end\n' >&"${port}"
