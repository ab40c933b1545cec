#!/bin/bash
# The first process of the guest in which real ZFS runs: mounts what a system needs, loads the modules in the order that the
# image lists them in, unpacks what the test brought in on the first disk, and hands over to it.
PATH=/usr/local/sbin:/usr/sbin:/usr/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devices /dev
exec </dev/null >/dev/ttyS0 2>&1
mkdir -p /dev/pts /dev/shm /run /tmp /root
ln -s /proc/self/fd /dev/fd
mount -t tmpfs run /run
mount -t tmpfs temporary /tmp
while read -r module; do
	busybox insmod "/modules/${module}.ko" || printf 'module %s cannot be loaded\n' "${module}"
done </modules/order
mkdir -p /payload
(cd /payload && busybox cpio -idm) <"/dev/vda"
bash /payload/guest.bash
# The machine is told not to start again: this ends it.
busybox reboot -f
